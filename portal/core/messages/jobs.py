"""Jobs of the outbox."""

from uuid import UUID

from procrastinate import JobContext

from portal.core.jobs import AGAIN, BEHIND, MAIL, jobs
from portal.core.messages import service


@jobs.task(name="messages.send", queue=MAIL, retry=AGAIN, priority=BEHIND, pass_context=True)
def send(context: JobContext, *, message_id: str) -> None:
    """Send one letter; running it twice sends it once."""
    service.deliver(UUID(message_id), context.should_abort)
