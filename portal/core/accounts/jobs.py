"""Scheduled jobs of accounts."""

from portal.core.accounts import service
from portal.core.jobs import jobs


@jobs.periodic(cron="17 3 * * *")
@jobs.task(name="accounts.sweep", queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Delete used links, ended sessions and old counts of tries once a night."""
    service.sweep()
