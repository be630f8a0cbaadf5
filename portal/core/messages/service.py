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
from portal.core.messages import letter, smtp
from portal.core.messages.letter import Address
from portal.core.messages.models import Message, MessageState
from portal.core.names import NAME_ONLY, offending
from portal.core.settings import settings
from portal.core.work import Subject, unit_of_work

log = logging.getLogger(__name__)

WITH_ONE_TIME_LINKS = "accounts/"
ATTEMPTS = 9  # with the waits of the job, about a day
PATIENCE = (1, 2, 4, 8, 16, 32)  # seconds between tries to write down what came of a letter


def queue(
    template: str,
    *,
    to: Person | Address,
    key: str,
    context: dict[str, Any],
    language: str | None = None,
    about: Subject | None = None,
) -> UUID:
    """Write a letter from `emails/<template>.txt` to the outbox, in this transaction, and defer it.

    It is in `language`, or else in the reader's. A key that is already there changes nothing: one
    letter per key, whatever is retried; the message that there is under the key is returned.
    Raises Invalid for an address that cannot be written to, and where the name of a person or an
    organisation in it is a message of its own.
    """
    from portal.core.messages.jobs import send

    db.session.flush()
    recipient = normal(to.email)
    _refuse_messages(context)
    person = to if isinstance(to, Person) else None
    composed = letter.compose(template, to, language, **context)
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
    """Whether somebody could be written to at this address."""
    try:
        normal(address)
    except Invalid:
        return False
    return True


def send_again(actor: Person, message: Message) -> None:
    """Put a letter that failed back into the queue. Raises StateConflict for any other."""
    from portal.core.messages.jobs import send

    with unit_of_work(actor, "letter.sent_again", message) as work:
        work.lock(message)
        if message.state is not MessageState.FAILED:
            raise StateConflict("not_failed", _l("This letter has not failed."))
        message.state, message.attempts = MessageState.QUEUED, 0
        defer(send, message_id=str(message.id))


class NotTaken(Exception):
    """The letter waits for another try; the job's retry has to come back to it."""


def deliver(message_id: UUID, stop: Callable[[], bool] = lambda: False) -> None:
    """Hand one letter to the mail server; one that has been sent or has failed is left alone.

    No transaction and no lock is held meanwhile: a letter is taken in hand, then handed over, then
    what came of it is written down. Raises NotTaken where another try may help, or where somebody
    else has it in hand. A refusal for good, or a day of tries, marks it as failed, whatever is
    wrong with them. In demo mode without a mail server it counts as sent: it is read at /demo/mail.
    Where `stop` says that the worker is to end, a server that has not answered is not waited for.
    """
    message = _taken(message_id)
    if message is None:
        return
    try:
        if message.attempts > ATTEMPTS:  # of the last one nobody could write what came of it
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
        raise NotTaken(told) from None  # what the server said may name the reader
    text = {}
    if smtp.is_set() and message.template.startswith(WITH_ONE_TIME_LINKS):
        text = {"text": "", "html": ""}  # the link is a key; only its owner's mailbox keeps it
    _record(message, state=MessageState.SENT, sent_at=clock.now(), last_error="", **text)


def _taken(message_id: UUID) -> Message | None:
    """The letter, taken in hand and counted as tried; None where nothing is left to do."""
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
    """How long a worker that lives can have a letter in hand.

    It takes the letter, talks to the mail server, and tries to write down what came of it. Each
    time the database is asked twice, for the statement and the commit.
    """
    answer = settings().database_timeout
    visit = FREE_CONNECTION + CONNECT + 2 * answer
    return timedelta(seconds=smtp.ALL + sum(PATIENCE) + (len(PATIENCE) + 2) * visit)


def _record(message: Message, **outcome: Any) -> None:
    """Write down how a try ended; what is not written down is tried again, so patience pays.

    Where somebody else has the letter in hand by now, it is theirs to say. Raises OperationalError
    where the database stays away.
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
