"""Scheduled jobs of the journal."""

from portal.core.audit import service
from portal.core.jobs import jobs


@jobs.periodic(cron="7 * * * *")
@jobs.task(name="audit.seal", queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    service.seal()
