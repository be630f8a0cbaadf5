"""Models of people, organisations, municipalities, role grants, sessions and tokens."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, and_, bindparam, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, validates

from portal.core import clock
from portal.core.accounts.roles import AnyRole, RoleType, register
from portal.core.db import Base, Keyed, Words, alphabetical
from portal.core.documents.models import StoredFile
from portal.core.formats import folded, sort_key
from portal.core.scopes import Scoped
from portal.core.triggers import append_only, immutable, refuse, refuse_by


class Role(StrEnum):
    """A role known to core; a wing registers its own.

    A role is always granted in a scope and for a time; see RoleGrant.
    """

    # scope: the whole installation
    ADMINISTRATOR = "administrator"
    # scope: a municipality
    OFFICER = "officer"
    HEAD = "head"
    DEPUTY = "deputy"  # decides if a conflict of interest bars the head
    AUDITOR = "auditor"
    # scope: an organisation
    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"


# Roles of the education board: those who decide, and those who only read.
DECIDING = (Role.OFFICER, Role.HEAD, Role.DEPUTY)
MUNICIPAL = (*DECIDING, Role.AUDITOR)
ORGANISATIONAL = (Role.OWNER, Role.EDITOR, Role.READER)

register(
    {Role.ADMINISTRATOR: _l("administrator")}, within=None, prominence={Role.ADMINISTRATOR: 80}
)
register(
    {
        Role.OFFICER: _l("board officer"),
        Role.HEAD: _l("head of the board"),
        Role.DEPUTY: _l("deputy head of the board"),
        Role.AUDITOR: _l("auditor"),
    },
    within="municipalities",
    prominence={Role.HEAD: 10, Role.DEPUTY: 20, Role.OFFICER: 30, Role.AUDITOR: 70},
)
register(
    {Role.OWNER: _l("owner"), Role.EDITOR: _l("editor"), Role.READER: _l("reader")},
    within="organisations",
)


class Municipality(Scoped, Base):
    """A municipality whose education board runs competitions."""

    __tablename__ = "municipalities"
    __journal__ = ("code", "name", "organiser", "email", "signatory", "signatory_role")
    __table_args__ = (CheckConstraint("code ~ '^[A-Z]{3}$'", name="code"),)

    code: Mapped[str] = mapped_column(unique=True)  # LIE, the first part of every number
    name: Mapped[Words]
    organiser: Mapped[Words]  # the education board's name, for signatures
    email: Mapped[str] = mapped_column(default="")
    # The signatory of its letters and their position: "Head of the education board".
    signatory: Mapped[str] = mapped_column(default="", server_default="")
    signatory_role: Mapped[Words | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    logos: Mapped[list["Logo"]] = relationship(order_by="(Logo.created_at, Logo.id)")

    __mapper_args__ = {"version_id_col": version}

    @property
    def logo(self) -> StoredFile | None:
        """The present logo."""
        return self.logo_at(clock.now())

    def logo_at(self, instant: datetime) -> StoredFile | None:
        """The logo in the head of what was issued at an instant."""
        earlier = [one for one in self.logos if one.created_at <= instant]
        return earlier[-1].file if earlier else None


class Logo(Keyed, Base):
    """A logo of a municipality, from `created_at` until its next one; without a file: none.

    All are kept: papers that were issued under one are rendered with it.
    """

    __tablename__ = "municipality_logos"
    __journal__ = None  # the verb notes the file's name and SHA-256

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), index=True)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))

    file: Mapped[StoredFile | None] = relationship()


append_only(Logo)


class Named:
    """A mixin for rows with a name, sorted by it."""

    name: Mapped[str]
    sort_name: Mapped[str] = alphabetical()

    @validates("name")
    def _named(self, _column: str, name: str) -> str:
        self.sort_name = sort_key(name)
        return name


class Person(Named, Keyed, Base):
    """A person with an account. Addresses are stored in lower case."""

    __tablename__ = "persons"
    __journal__ = ("name", "language", "confirmed_at", "closed_at")
    scope_id = None  # its events are recorded in no scope's journal
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("language ~ '^[a-z]{2,3}$'", name="language"),
    )

    email: Mapped[str] = mapped_column(unique=True)
    folded_name: Mapped[str]  # the searched text: see db.matches
    language: Mapped[str] = mapped_column(default="lv", server_default="lv")
    password_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # when the account was closed; nobody can sign in to it
    persona: Mapped[str | None] = mapped_column(unique=True)  # demo mode only: its code on /demo
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id"
    )

    __mapper_args__ = {"version_id_col": version}

    @validates("name")
    def _named(self, _column: str, name: str) -> str:
        self.folded_name = folded(name)
        return super()._named(_column, name)

    @property
    def is_authenticated(self) -> bool:
        """For Flask-Login: always true for a person."""
        return True

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.closed_at is None and self.confirmed_at is not None


class OrganisationKind(StrEnum):
    """A kind of organisation; calls state which kinds may apply."""

    YOUTH_ORGANISATION = "youth_organisation"
    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    YOUTH_GROUP = "youth_group"  # has no registration; needs a registered partner to apply

    @property
    def is_registered(self) -> bool:
        """Whether this kind has a registration number."""
        return self is not OrganisationKind.YOUTH_GROUP


class Organisation(Named, Scoped, Base):
    """An applicant organisation, or the registered partner of a youth group."""

    __tablename__ = "organisations"
    __journal__ = ("kind", "name", "registration_number")
    __table_args__ = (
        CheckConstraint("registration_number ~ '^[0-9]{11}$'", name="registration_number"),
        CheckConstraint(r"phone ~ '^(\+[1-9][0-9]{6,14})?$'", name="phone"),
        # Youth initiative groups have no registration number; all other kinds do.
        CheckConstraint(
            "(kind = 'youth_group') = (registration_number IS NULL)", name="registered_unless_group"
        ),
    )

    kind: Mapped[str]  # youth_organisation, association, foundation, youth_group
    registration_number: Mapped[str | None] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")  # E.164
    iban: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    grants: Mapped[list["RoleGrant"]] = relationship(
        primaryjoin=lambda: Organisation.id == foreign(RoleGrant.scope_id), viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}


class RoleGrant(Keyed, Base):
    """A person's role in a scope from one day to another (`until` is the last day).

    A grant is never deleted: `ended_at` ends it at once, whatever its dates.
    """

    __tablename__ = "role_grants"
    __journal__ = (
        "person_id",
        "role",
        "scope_id",
        "since",
        "until",
        "ended_at",
        "order_number",
        "order_date",
    )
    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="dates"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[AnyRole] = mapped_column(RoleType(), ForeignKey("roles.code"))
    scope_id: Mapped[UUID | None] = mapped_column(ForeignKey("scopes.id"), index=True)
    since: Mapped[date] = mapped_column(default=clock.today)
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    # The number and date of the order that appointed a committee.
    order_number: Mapped[str] = mapped_column(default="", server_default="")
    order_date: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])
    # Its scope, if that is a municipality or an organisation.
    municipality: Mapped[Municipality | None] = relationship(
        primaryjoin=lambda: foreign(RoleGrant.scope_id) == Municipality.id, viewonly=True
    )
    organisation: Mapped[Organisation | None] = relationship(
        primaryjoin=lambda: foreign(RoleGrant.scope_id) == Organisation.id, viewonly=True
    )

    @hybrid_property
    def is_living(self) -> bool:
        """Whether it holds today (Riga), as an attribute and in queries."""
        today = clock.today()
        return (
            self.ended_at is None
            and self.since <= today
            and (self.until is None or self.until >= today)
        )

    @is_living.inplace.expression
    @classmethod
    def _is_living(cls) -> ColumnElement[bool]:
        # Evaluated when the statement runs: a cached statement outlives a day.
        today = bindparam("today", callable_=clock.today, type_=Date(), unique=True)
        return and_(
            cls.ended_at.is_(None),
            cls.since <= today,
            or_(cls.until.is_(None), cls.until >= today),
        )

    @property
    def is_over(self) -> bool:
        """Whether it has ended, as opposed to living or future."""
        return self.ended_at is not None or (self.until is not None and self.until < clock.today())


# Grants stay on record, and an end is not undone: the role is granted anew.
immutable(RoleGrant, but=("until", "ended_at"))
refuse(
    RoleGrant,
    "ended",
    "UPDATE OF ended_at",
    when="OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at",
)


def _days(grant: str) -> str:
    """SQL: the range of days of a grant. On the day of an end at once a successor may begin."""
    end = f"least({grant}.until + 1, ({grant}.ended_at AT TIME ZONE 'Europe/Riga')::date)"
    return f"daterange({grant}.since, greatest({grant}.since, coalesce({end}, 'infinity'::date)))"


def never_together(name: str, which: str, *, held: str = "person", when: str = "true") -> None:
    """Declare a trigger that refuses overlapping days of NEW and an `other` grant where `which`
    holds.

    `held`: the same scope instead of the same person. Writers who begin or move such a term
    (`when`) wait for one another; otherwise two at once would not see each other.
    """
    refuse_by(
        RoleGrant,
        name,
        "INSERT OR UPDATE OF until",
        f"""
    IF {when} THEN
    PERFORM FROM {held}s WHERE id = NEW.{held}_id FOR NO KEY UPDATE;
    refused := EXISTS (
        SELECT FROM role_grants AS other
        WHERE other.{held}_id = NEW.{held}_id AND other.id <> NEW.id
            AND {_days("other")} && {_days("NEW")}
            AND ({which})
    );
    END IF;""",
    )


refuse_by(
    RoleGrant,
    "scope",
    "INSERT",
    """
    refused := NOT EXISTS (
        SELECT FROM roles LEFT JOIN scopes ON scopes.id = NEW.scope_id
        WHERE roles.code = NEW.role AND roles.scope_kind IS NOT DISTINCT FROM scopes.kind
    );""",
)
never_together("once", "other.role = NEW.role AND other.scope_id IS NOT DISTINCT FROM NEW.scope_id")
# An auditor holds no other role that they would audit.
never_together(
    "audits",
    "other.scope_id = NEW.scope_id AND (other.role = 'auditor') <> (NEW.role = 'auditor')",
)

# There is always an administrator with an open account and no last day. Concurrent removals are
# serialised.
_ADMINISTERS = "role = 'administrator' AND until IS NULL AND ended_at IS NULL"
_NOBODY_ELSE = f"""
    PERFORM FROM role_grants WHERE {_ADMINISTERS} ORDER BY id FOR UPDATE;
    refused := NOT EXISTS (
        SELECT FROM role_grants JOIN persons ON persons.id = person_id
        WHERE {_ADMINISTERS} AND closed_at IS NULL AND confirmed_at IS NOT NULL
            AND person_id <> %s AND since <= %s
    );"""
_RIGA_DAY = "(%s AT TIME ZONE 'Europe/Riga')::date"
refuse_by(
    RoleGrant,
    "administered",
    "UPDATE OF until, ended_at",
    "IF OLD.role = 'administrator' AND OLD.until IS NULL AND OLD.ended_at IS NULL THEN"
    + _NOBODY_ELSE
    % ("NEW.person_id", f"coalesce({_RIGA_DAY % 'NEW.ended_at'}, NEW.until + 1, 'infinity')")
    + "\n    END IF;",
)
refuse_by(
    Person,
    "administered",
    "UPDATE OF closed_at",
    "IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND EXISTS ("
    f"SELECT FROM role_grants WHERE person_id = NEW.id AND {_ADMINISTERS}"
    ") THEN" + _NOBODY_ELSE % ("NEW.id", _RIGA_DAY % "NEW.closed_at") + "\n    END IF;",
)


class SignIn(Keyed, Base):
    """A session of a person in one browser: the cookie holds a token, this row its digest.

    Idleness is measured by a time in the signed cookie, so that reading a page writes nothing.
    """

    __tablename__ = "sign_ins"
    __journal__ = ()
    scope_id = None  # its events are recorded in no scope's journal

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str] = mapped_column(default="", server_default="")  # "Firefox, Windows"
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class TokenPurpose(StrEnum):
    """The purpose of a single-use link."""

    CONFIRM = "confirm"  # the address of a new account
    EMAIL = "email"  # a new address of an account
    RESET = "reset"  # a new password
    INVITE = "invite"  # to join an organisation


class Token(Keyed, Base):
    """A single-use link sent by e-mail. The link holds a random token, the table its SHA-256."""

    __tablename__ = "tokens"
    __journal__ = ("purpose", "organisation_id", "role", "invited_by_id", "used_at")
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN purpose = 'invite'"
            " THEN num_nonnulls(organisation_id, role, invited_by_id) = 3"
            " ELSE person_id IS NOT NULL END",
            name="target",
        ),
    )

    purpose: Mapped[TokenPurpose] = mapped_column()
    digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[Role | None] = mapped_column()
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # or withdrawn: either makes it void

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation | None] = relationship()
    invited_by: Mapped[Person | None] = relationship(foreign_keys=[invited_by_id])


class Throttle(Base):
    """How many tries a key has made within its window (throttle.py); the key is a hash."""

    __tablename__ = "throttles"
    __journal__ = None

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]  # when counting began
    blocked_until: Mapped[datetime | None]
