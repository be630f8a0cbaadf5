"""The verbs of one's own account: register, confirm, sign in, reset, change.

A verb that takes an address from a visitor ends the same whether or not there is an account; only
the letter differs.
"""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, update

from portal.core import clock, languages
from portal.core.accounts import passwords, sign_in, throttle, tokens
from portal.core.accounts.models import Person, SignIn, Throttle, Token, TokenPurpose
from portal.core.accounts.queries import person_by_email
from portal.core.db import db, uuid7
from portal.core.errors import Invalid, constraint
from portal.core.messages.links import page_url
from portal.core.periods import in_time
from portal.core.work import Work, unit_of_work

KEPT = timedelta(days=30)

constraint(
    "uq_persons_email",
    _l("This address cannot be used just now. Try again, or choose another."),
    "email",
)


def register(*, name: str, email: str, password: str, onwards: str | None = None) -> None:
    """Create an account that waits for its address to be confirmed.

    If the address has an account, it gets a letter that says so. An unconfirmed account takes the
    new name and password, since only the mailbox's reader can confirm it. `onwards` is the page
    opened after confirming. Raises Invalid for a weak password.
    """
    _allow_letter(email)
    passwords.check_strength(password, about=(name, email))
    password_hash = passwords.hashed(password)
    known = person_by_email(email)
    if known is not None and (known.confirmed_at or known.closed_at):
        with unit_of_work(None, "account.registered_again", known) as work:
            work.send("accounts/already", to=known, key=f"already:{uuid7()}", **_ways_in())
        return
    person = known or Person(email=email, language=languages.current())
    with unit_of_work(None, "account.registered", person) as work:
        person.name, person.password_hash = name, password_hash
        work.add(person)
        _send_confirmation(work, person, onwards)


def send_confirmation_again(email: str, onwards: str | None = None) -> None:
    """Send a new link to an address that is not yet confirmed; nothing to any other."""
    _allow_letter(email)
    person = person_by_email(email)
    if person is not None and not person.confirmed_at and not person.closed_at:
        with unit_of_work(None, "account.confirmation_sent", person) as work:
            _send_confirmation(work, person, onwards)


def confirm(secret: str, password: str) -> dict[str, Any]:
    """Confirm the address of a new account and sign its owner in; returns the cookie.

    The password proves that the mailbox's reader is who registered: a stranger may have registered
    the address with their own password. Raises LinkSpent, Invalid, TooMany.
    """
    person = _owner(tokens.peek(TokenPurpose.CONFIRM, secret).person)
    _check_password(person, password)
    with unit_of_work(person, "account.confirmed", person) as work:
        tokens.claim(TokenPurpose.CONFIRM, secret)
        person.confirmed_at = clock.now()
        throttle.forgive(throttle.PASSWORD, person.email)
        return sign_in.start(work, person)


def sign_in_with_password(email: str, password: str) -> dict[str, Any]:
    """Sign in; returns the cookie.

    Raises the same Invalid for an unknown address, a wrong password, a closed account and an
    unconfirmed address (which gets a new letter). Raises TooMany after several failures.
    """
    throttle.attempt_of_address(throttle.SIGN_INS_OF_ADDRESS)
    throttle.attempt(throttle.PASSWORD, email)
    person = person_by_email(email)
    right = passwords.fits(password, person.password_hash if person else None)
    if person is None or not right or not person.is_active:
        if person is not None and right and not person.closed_at:
            send_confirmation_again(email)
        raise Invalid(
            "sign_in",
            _l(
                "The address or the password is not right, or the address is not confirmed yet."
                " If it is not, a new link is on its way to it."
            ),
        )
    with unit_of_work(person, "sign_in.begun", person) as work:
        throttle.forgive(throttle.PASSWORD, email)
        if person.password_hash and passwords.outdated(person.password_hash):
            person.password_hash = passwords.hashed(password)
        return sign_in.start(work, person)


def request_reset(email: str) -> None:
    """Send a link for a new password if the address has an account."""
    _allow_letter(email)
    person = person_by_email(email)
    if person is not None and not person.closed_at:
        with unit_of_work(None, "account.reset_requested", person) as work:
            send_reset(work, person)


def send_reset(work: Work, person: Person) -> None:
    """Part of a verb: send `person` a link for a new password."""
    token, url = reset_link(work, person)
    hours = _hours(TokenPurpose.RESET)
    work.send("accounts/reset", to=person, key=f"reset:{token.id}", url=url, hours=hours)


def reset_link(work: Work, person: Person) -> tuple[Token, str]:
    """Part of a verb: a link for a new password, to send or print; earlier ones become void."""
    token, secret = tokens.issue(work, TokenPurpose.RESET, email=person.email, person=person)
    return token, page_url("accounts.new_password", secret=secret)


def reset(secret: str, password: str) -> dict[str, Any]:
    """Set a new password by the link from the letter; end all sessions and begin one.

    Confirms the address, which the letter has reached. Returns the cookie. Raises LinkSpent,
    Invalid.
    """
    person = _owner(tokens.peek(TokenPurpose.RESET, secret).person)
    passwords.check_strength(password, about=(person.name, person.email))
    password_hash = passwords.hashed(password)
    with unit_of_work(person, "account.password_reset", person) as work:
        token = tokens.claim(TokenPurpose.RESET, secret)
        person.password_hash = password_hash
        if token.email == person.email:
            person.confirmed_at = person.confirmed_at or clock.now()
        end_sign_ins_of(person)
        throttle.forgive(throttle.PASSWORD, person.email)
        return sign_in.start(work, person)


def change_details(actor: Person, *, name: str, language: str, version: int) -> None:
    """Change one's own name and language. Raises StaleForm."""
    with unit_of_work(actor, "account.changed", actor) as work:
        work.expect(actor, version)
        actor.name, actor.language = name, language


def change_password(actor: Person, here: SignIn, *, current: str, password: str) -> None:
    """Change one's own password and end all other sessions. Raises Invalid, TooMany."""
    _check_password(actor, current, field="current")
    passwords.check_strength(password, about=(actor.name, actor.email))
    password_hash = passwords.hashed(password)
    with unit_of_work(actor, "account.password_changed", actor) as work:
        actor.password_hash = password_hash
        end_sign_ins_of(actor, but=here)
        throttle.forgive(throttle.PASSWORD, actor.email)
        work.send("accounts/password-changed", to=actor, key=f"password:{uuid7()}", **_ways_in())


def request_new_address(actor: Person, *, password: str, email: str) -> None:
    """Send a link to the new address; the old one is kept until it is opened.

    If the address has an account, it gets a letter that says so. Raises Invalid, TooMany.
    """
    _check_password(actor, password)
    _allow_letter(email)
    known = person_by_email(email)
    with unit_of_work(actor, "account.address_requested", actor) as work:
        throttle.forgive(throttle.PASSWORD, actor.email)
        if known is not None:
            work.send("accounts/already", to=known, key=f"already:{uuid7()}", **_ways_in())
            return
        token, secret = tokens.issue(work, TokenPurpose.EMAIL, email=email, person=actor)
        work.send_to(
            email,
            actor.language,
            "accounts/new-address",
            key=f"address:{token.id}",
            url=page_url("accounts.new_address", secret=secret),
            hours=_hours(TokenPurpose.EMAIL),
        )


def change_address(secret: str) -> None:
    """Change the account's address by the link sent to it; the old address gets a letter.

    Raises LinkSpent, and Invalid if another account has the address by now.
    """
    person = _owner(tokens.peek(TokenPurpose.EMAIL, secret).person)
    with unit_of_work(person, "account.address_changed", person) as work:
        token = tokens.claim(TokenPurpose.EMAIL, secret)
        work.send(
            "accounts/address-changed",
            to=person,
            key=f"moved:{token.id}",
            email=token.email,
            sign_in_url=page_url("accounts.sign_in"),
        )
        person.email = token.email


def end_sign_in(actor: Person, ended: SignIn) -> None:
    """End one of one's own sessions."""
    with unit_of_work(actor, "sign_in.ended", ended):
        ended.ended_at = ended.ended_at or clock.now()


def end_other_sign_ins(actor: Person, here: SignIn) -> None:
    """End all of one's own sessions except this browser's."""
    with unit_of_work(actor, "sign_in.others_ended", actor):
        end_sign_ins_of(actor, but=here)


def sweep() -> None:
    """Delete links, sessions and counts that expired a month ago; the journal keeps its entries."""
    past = clock.now() - KEPT
    with unit_of_work(None, "accounts.swept"):
        for spent in (
            delete(Token).where(or_(Token.used_at < past, ~in_time(Token.expires_at, past))),
            delete(SignIn).where(or_(SignIn.ended_at < past, ~in_time(SignIn.expires_at, past))),
            delete(Throttle).where(Throttle.since < past),
        ):
            db.session.execute(spent)


def end_sign_ins_of(person: Person, *, but: SignIn | None = None) -> None:
    """Part of a verb: end all sessions of a person, except `but`."""
    living = [SignIn.person_id == person.id, SignIn.ended_at.is_(None)]
    if but is not None:
        living.append(SignIn.id != but.id)
    db.session.execute(update(SignIn).where(*living).values(ended_at=clock.now()))


def _check_password(person: Person, password: str, field: str = "password") -> None:
    throttle.attempt(throttle.PASSWORD, person.email)
    if not passwords.fits(password, person.password_hash):
        raise Invalid("password_wrong", _l("This is not the password of the account."), field)


def _owner(person: Person | None) -> Person:
    """The owner of a link. Raises LinkSpent for a closed account."""
    if person is None or person.closed_at:
        raise tokens.LinkSpent
    return person


def _send_confirmation(work: Work, person: Person, onwards: str | None) -> None:
    token, secret = tokens.issue(work, TokenPurpose.CONFIRM, email=person.email, person=person)
    work.send(
        "accounts/confirm",
        to=person,
        key=f"confirm:{token.id}",
        url=page_url("accounts.confirm", secret=secret, next=onwards),
        hours=_hours(TokenPurpose.CONFIRM),
    )


def _allow_letter(email: str) -> None:
    throttle.attempt_of_address(throttle.LETTERS_OF_ADDRESS)
    throttle.attempt(throttle.LETTERS_TO_MAILBOX, email)


def _ways_in() -> dict[str, str]:
    return {
        "sign_in_url": page_url("accounts.sign_in"),
        "reset_url": page_url("accounts.forgotten"),
    }


def _hours(purpose: TokenPurpose) -> int:
    return int(tokens.LIFETIMES[purpose].total_seconds()) // 3600
