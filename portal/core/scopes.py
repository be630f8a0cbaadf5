"""Scopes: where roles are held, and whose events a journal lists.

Municipalities and organisations are scopes, and a wing's tables with the mixin `Scoped`, which core
does not know.
"""

from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import (
    DDL,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Table,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Keyed, uuid7
from portal.core.triggers import append_only, lasting, refuse

# A trigger inserts the scope with the row of the scope's table.
MAKE_SCOPE = """
CREATE OR REPLACE FUNCTION make_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scopes (id, kind, parent_id)
        VALUES (NEW.id, TG_TABLE_NAME, (to_jsonb(NEW) ->> TG_ARGV[0])::uuid);
    RETURN NEW;
END $$
"""


class Scope(Base):
    """A scope: `kind` is its table, its parent the scope that contains it."""

    __tablename__ = "scopes"
    __journal__ = None
    __table_args__ = (UniqueConstraint("id", "parent_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("scopes.id"), index=True)


append_only(Scope)
refuse(Scope, "made", "INSERT", when="pg_trigger_depth() = 0")  # only by its row's trigger


@event.listens_for(Scope.__table__, "after_create")
def _make_function(_: Table, connection: Connection, **__: object) -> None:
    connection.execute(DDL(MAKE_SCOPE.replace("%", "%%")))


class Scoped(Keyed):
    """Mix in before Base, in place of Keyed, if a table's rows are scopes.

    Such rows are never deleted, as roles and the journal refer to them. `__parent__` names the
    column with the containing scope, if any; it cannot be changed.
    """

    __parent__: ClassVar[str | None] = None

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id"), primary_key=True, default=uuid7, sort_order=-1
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = getattr(cls, "__table__", None)
        if isinstance(table, Table):
            _scoped(table, cls.__parent__)
            lasting(cast(type[Base], cls))

    @property
    def scope_id(self) -> UUID:
        """Its own key."""
        return self.id


def _scoped(table: Table, parent: str | None) -> None:
    if parent is not None:
        table.append_constraint(
            ForeignKeyConstraint(["id", parent], ["scopes.id", "scopes.parent_id"])
        )
    column = f"'{parent}'" if parent else ""
    statement = (
        f"CREATE TRIGGER {table.name}_scope BEFORE INSERT ON {table.name}"
        f" FOR EACH ROW EXECUTE FUNCTION make_scope({column})"
    )
    event.listen(table, "after_create", DDL(statement))
