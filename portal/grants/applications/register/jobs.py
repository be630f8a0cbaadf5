"""Closing the registers on time; a deadline holds without (service.ensure_register_closed)."""

from portal.core.arrival import taken_in
from portal.core.jobs import jobs
from portal.grants.applications.register import service


@jobs.periodic(cron="* * * * *")
@jobs.task(name="registers.close", queueing_lock="registers.close", pass_context=False)
def close_registers(timestamp: int) -> None:
    """Every minute: close the register of each call that nothing can still be on its way to."""
    service.close_due(taken_in())
