"""Queue letters in the transaction that causes them, and hand them to the mail server."""

from smtplib import SMTPException
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Base, db, uuid7
from portal.core.errors import Invalid, StateConflict
from portal.core.jobs import ATTEMPTS, defer
from portal.core.messages import letter, smtp
from portal.core.messages.letter import Address
from portal.core.messages.models import Message, MessageState
from portal.core.work import unit_of_work

WITH_ONE_TIME_LINKS = "accounts/"


def queue(
    template: str,
    *,
    to: Person | Address,
    key: str,
    context: dict[str, Any],
    language: str | None = None,
    about: Base | None = None,
) -> UUID:
    """Write a letter from `emails/<template>.txt` to the outbox, in this transaction, and defer it.

    It is in `language`, or else in the reader's. A key that is already there changes nothing: one
    letter per key, whatever is retried; the message that there is under the key is returned.
    Raises Invalid for an address that cannot be written to.
    """
    from portal.core.messages.jobs import send

    db.session.flush()
    _check(to.email)
    person = to if isinstance(to, Person) else None
    composed = letter.compose(template, to, language, **context)
    new: UUID | None = db.session.scalar(
        insert(Message)
        .values(
            id=uuid7(),
            created_at=clock.now(),
            key=key,
            template=template,
            recipient=to.email,
            person_id=person.id if person else None,
            language=language or to.language,
            subject=composed.subject,
            text=composed.text,
            html=str(composed.html),
            about_type=about.__tablename__ if about is not None else None,
            about_id=getattr(about, "id", None),
        )
        .on_conflict_do_nothing(index_elements=[Message.key])
        .returning(Message.id)
    )
    if new is None:
        return db.session.scalars(select(Message.id).where(Message.key == key)).one()
    defer(send, message_id=str(new))
    return new


def is_address(address: str) -> bool:
    """Whether somebody could be written to at this address."""
    try:
        validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return False
    return True


def _check(address: str) -> None:
    if not is_address(address):
        raise Invalid("address", _l("An e-mail address looks like anna@example.lv."), "email")


def send_again(actor: Person, message: Message) -> None:
    """Put a letter that failed back into the queue. Raises StateConflict for any other."""
    from portal.core.messages.jobs import send

    with unit_of_work(actor, "letter.sent_again", message) as work:
        work.lock(message)
        if message.state is not MessageState.FAILED:
            raise StateConflict("not_failed", _l("This letter has not failed."))
        message.state, message.attempts = MessageState.QUEUED, 0
        defer(send, message_id=str(message.id))


def deliver(message_id: UUID) -> None:
    """Hand one letter to the mail server, once: one sent already or in other hands is left alone.

    Raises what went wrong where another try may help; a refusal for good marks the letter as
    failed. In demo mode without a mail server it counts as sent: it is read at /demo/mail.
    """
    message = db.session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.state == MessageState.QUEUED)
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return
    message.attempts += 1
    try:
        if smtp.is_set():
            smtp.send(message)
    except (OSError, SMTPException) as error:
        message.last_error = smtp.describe(error)
        final = smtp.is_final(error) or message.attempts >= ATTEMPTS
        if final:
            message.state = MessageState.FAILED
        db.session.commit()
        if not final:
            raise
        return
    message.state, message.sent_at, message.last_error = MessageState.SENT, clock.now(), ""
    if smtp.is_set() and message.template.startswith(WITH_ONE_TIME_LINKS):
        message.text = message.html = (
            ""  # the link in it is a key; only its owner's mailbox keeps it
        )
    db.session.commit()
