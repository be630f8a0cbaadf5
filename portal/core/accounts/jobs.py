"""What the worker does with accounts."""

from portal.core.accounts import service
from portal.core.jobs import jobs


@jobs.periodic(cron="17 3 * * *")
@jobs.task(name="accounts.sweep", queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Forget spent links, ended sign-ins and counted tries once a night."""
    service.sweep()
