"""Queue letters in the transaction that causes them, and hand them to the mail server."""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from portal.core import clock
from portal.core.accounts.models import Organisation, Person
from portal.core.addresses import normal
from portal.core.connections import CONNECT, FREE_CONNECTION
from portal.core.db import db, uuid7
from portal.core.errors import Invalid, StateConflict
from portal.core.jobs import defer
from portal.core.messages import composing, smtp
from portal.core.messages.composing import Address
from portal.core.messages.models import Message, MessageState
from portal.core.names import NAME_ONLY, offending
from portal.core.settings import settings
from portal.core.work import Subject, unit_of_work

log = logging.getLogger(__name__)

WITH_ONE_TIME_LINKS = "accounts/"
ATTEMPTS = 9  # with the job's intervals, about a day
PATIENCE = (1, 2, 4, 8, 16, 32)  # seconds between attempts to record a letter's result


def queue(
    template: str,
    *,
    to: Person | Address,
    key: str,
    context: dict[str, Any],
    language: str | None = None,
    about: Subject | None = None,
) -> UUID:
    """Write a letter from `emails/<template>.txt` to the outbox in this transaction, and defer it.

    It is in `language`, or else the recipient's. If `key` exists, nothing changes; the key of the
    message with it is returned. Raises Invalid for an invalid address, and if the name of a person
    or organisation in it is a message of its own.
    """
    from portal.core.messages.jobs import send

    db.session.flush()
    recipient = normal(to.email)
    _refuse_messages(context)
    person = to if isinstance(to, Person) else None
    composed = composing.compose(template, to, language, **context)
    new: UUID | None = db.session.scalar(
        insert(Message)
        .values(
            id=uuid7(),
            created_at=clock.now(),
            key=key,
            template=template,
            recipient=recipient,
            person_id=person.id if person else None,
            language=language or to.language,
            subject=composed.subject,
            text=composed.text,
            html=str(composed.html),
            about_type=about.__tablename__ if about is not None else None,
            about_id=about.id if about is not None else None,
        )
        .on_conflict_do_nothing(index_elements=[Message.key])
        .returning(Message.id)
    )
    if new is None:
        return db.session.scalars(select(Message.id).where(Message.key == key)).one()
    defer(send, message_id=str(new))
    return new


def _refuse_messages(context: dict[str, Any]) -> None:
    for value in context.values():
        if isinstance(value, Person | Organisation) and (part := offending(value.name)):
            raise Invalid(
                "name_is_message",
                _l("“%(part)s” cannot stand in our letters.", part=part) + " " + NAME_ONLY,
            )


def is_address(address: str) -> bool:
    """Whether this is a valid address for a letter."""
    try:
        normal(address)
    except Invalid:
        return False
    return True


def send_again(actor: Person, message: Message) -> None:
    """Queue a failed letter again. Raises StateConflict for any other."""
    from portal.core.messages.jobs import send

    with unit_of_work(actor, "letter.sent_again", message) as work:
        work.lock(message)
        if message.state is not MessageState.FAILED:
            raise StateConflict("not_failed", _l("This letter has not failed."))
        message.state, message.attempts = MessageState.QUEUED, 0
        defer(send, message_id=str(message.id))


class NotTaken(Exception):
    """The letter waits to be retried by the job."""


def deliver(message_id: UUID, stop: Callable[[], bool] = lambda: False) -> None:
    """Send one letter; one that has been sent or has failed is left alone.

    No transaction or lock is held while sending: the letter is marked, sent, and then its result
    recorded. Raises NotTaken if it is to be retried, or another worker sends it. A permanent
    refusal, or a day of tries, marks it as failed. In demo mode without a mail server it counts as
    sent: it is shown at /demo/mail. `stop` tells whether the worker is to end; then it does not
    wait for the server.
    """
    message = _taken(message_id)
    if message is None:
        return
    try:
        if message.attempts > ATTEMPTS:  # the last try's result could not be recorded
            raise InterruptedError("no worker has lived to the end of a try")
        if smtp.is_set():
            smtp.send(message, stop)
    except Exception as error:
        final = smtp.is_final(error) or message.attempts >= ATTEMPTS
        state = MessageState.FAILED if final else MessageState.QUEUED
        _record(message, state=state, last_error=smtp.describe(error))
        told = f"letter {message.id}, try {message.attempts} of {ATTEMPTS}: {smtp.logged(error)}"
        if final:
            log.error("given up: %s", told)
            return
        log.warning("not taken: %s", told)
        raise NotTaken(told) from None  # the server's message may contain the address
    text = {}
    if smtp.is_set() and message.template.startswith(WITH_ONE_TIME_LINKS):
        text = {"text": "", "html": ""}  # the link is a secret, kept in its owner's mailbox only
    _record(message, state=MessageState.SENT, sent_at=clock.now(), last_error="", **text)


def _taken(message_id: UUID) -> Message | None:
    """The letter, marked as being sent and counted as tried; None if nothing is left to do."""
    now = clock.now()
    queued = (Message.id == message_id, Message.state == MessageState.QUEUED)
    free = or_(Message.taken_at.is_(None), Message.taken_at < now - _longest_in_hand())
    message = db.session.scalars(
        update(Message)
        .where(*queued, free)
        .values(taken_at=now, attempts=Message.attempts + 1)
        .returning(Message),
        execution_options={"populate_existing": True},
    ).one_or_none()
    in_hand = message is None and db.session.scalar(select(Message.id).where(*queued)) is not None
    if message is not None:
        db.session.expunge(message)  # it is read on without a transaction
    db.session.commit()
    if in_hand:
        raise NotTaken(f"letter {message_id} is in other hands, or was when a worker died")
    return message


def _longest_in_hand() -> timedelta:
    """The longest time that a living worker takes for a letter.

    It marks the letter, talks to the mail server, and tries to record the result. Each of these
    database steps may wait twice, for the statement and the commit.
    """
    answer = settings().database_timeout
    visit = FREE_CONNECTION + CONNECT + 2 * answer
    return timedelta(seconds=smtp.ALL + sum(PATIENCE) + (len(PATIENCE) + 2) * visit)


def _record(message: Message, **outcome: Any) -> None:
    """Record a try's result, retrying for a while, since an unrecorded letter is sent again.

    Does nothing if another worker has the letter by now. Raises OperationalError while the database
    is unavailable.
    """
    mine = (Message.id == message.id, Message.taken_at == message.taken_at)
    for wait in (*PATIENCE, None):
        try:
            db.session.execute(update(Message).where(*mine).values(taken_at=None, **outcome))
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            if wait is None:
                raise
            log.warning("letter %s: what came of it is not written down yet", message.id)
            sleep(wait)
        else:
            return
