"""The job that closes registers; deadlines hold without it (service.ensure_register_closed)."""

from portal.core.arrival import taken_in
from portal.core.jobs import jobs
from portal.grants.applications.register import service


@jobs.periodic(cron="* * * * *")
@jobs.task(name="registers.close", queueing_lock="registers.close", pass_context=False)
def close_registers(timestamp: int) -> None:
    """Every minute: close the registers of calls for which no request can still come in."""
    service.close_due(taken_in())
