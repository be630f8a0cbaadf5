"""The register of roles. A wing adds its own, each with the kind of scope in which it is held:

    class SchoolRole(StrEnum):
        PRINCIPAL = "principal"

    register({SchoolRole.PRINCIPAL: _l("principal")}, within="schools")

Its migration adds the same rows to the table `roles`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import Connection, Dialect, Table, Text, event, insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.core.db import Base
from portal.core.errors import Message
from portal.core.triggers import append_only, refuse

AnyRole = StrEnum  # a member of Role, or of an enumeration that a wing has registered

ROLES: dict[AnyRole, Message] = {}  # the label of each role
WITHIN: dict[AnyRole, str | None] = {}  # the kind of scope of each role; None: everywhere
_by_code: dict[str, AnyRole] = {}
_prominence: dict[AnyRole, int] = {}


def register(
    words: Mapping[AnyRole, Message],
    *,
    within: str | None,
    prominence: Mapping[AnyRole, int] | None = None,
) -> None:
    """Register roles held in scopes of the kind `within`; None: everywhere.

    Of a person's roles, the page header shows the one with the lowest `prominence`.
    """
    for role in words:
        if _by_code.setdefault(role.value, role) is not role:
            raise RuntimeError(f"two roles have the code {role.value}")
    ROLES.update(words)
    WITHIN.update(dict.fromkeys(words, within))
    _prominence.update(prominence or {})


def role_of(code: str) -> AnyRole:
    """The role with this code. Raises KeyError for an unknown one."""
    return _by_code[code]


def prominent() -> Sequence[AnyRole]:
    """The roles shown in the header, by prominence."""
    return sorted(_prominence, key=lambda role: _prominence[role])


class RoleType(TypeDecorator[AnyRole]):
    """A column type for a role's code; the table `roles` holds the codes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: AnyRole | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> AnyRole | None:
        return None if value is None else role_of(value)


class RoleKind(Base):
    """A role and the kind of its scope, for the triggers on grants."""

    __tablename__ = "roles"
    __journal__ = None

    code: Mapped[str] = mapped_column(primary_key=True)
    scope_kind: Mapped[str | None]  # NULL: it holds everywhere


append_only(RoleKind)


@event.listens_for(RoleKind.__table__, "after_create")
def _insert(table: Table, connection: Connection, **_: object) -> None:
    rows = [{"code": role.value, "scope_kind": kind} for role, kind in WITHIN.items()]
    connection.execute(insert(table), rows)


# The code must know a role before it is granted, so roles are added by a migration (core/migrate).
refuse(
    RoleKind,
    "migrated",
    "INSERT",
    when="current_setting('asns.migrating', true) IS DISTINCT FROM 'yes'",
)
