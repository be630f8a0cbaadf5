"""Declares triggers that refuse changes of rows, as a CHECK refuses values.

A trigger is declared below its model and repeated in the migrations. It is called `<table>_<name>`
and raises a check violation under that name, for which `errors.trigger` registers a message:

    append_only(TermsVersion)
    immutable(Submission, but=["superseded_at"])
    refuse(Meeting, "minuted", "UPDATE OR DELETE", when="OLD.closed_at IS NOT NULL")
"""

from collections.abc import Collection

from sqlalchemy import Connection, MetaData, Table, event, text

from portal.core.db import Base

ANY_CHANGE = "INSERT OR UPDATE OR DELETE"

# The trigger's argument is a condition on OLD, NEW and other tables, which WHEN may not query.
CONDITION = """
    EXECUTE 'SELECT ' || TG_ARGV[0] || ' FROM (SELECT ($1).*) AS OLD, (SELECT ($2).*) AS NEW'
        INTO refused USING OLD, NEW;
"""


def function(name: str, ask: str) -> str:
    """A trigger function; the PL/pgSQL `ask` sets `refused`."""
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    {ask.strip()}
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def append_only(model: type[Base]) -> None:
    """The model's rows cannot be changed or deleted."""
    refuse(model, "append_only", "UPDATE OR DELETE")
    _never_emptied(model)


def immutable(model: type[Base], *, but: Collection[str]) -> None:
    """The model's rows cannot be deleted, nor changed except for the columns `but`.

    Computed columns are not listed: PostgreSQL considers them updated with every row.
    """
    columns = [one for one in _table(model).columns if one.computed is None]
    fixed = [f'"{column.name}"' for column in columns if column.name not in but]
    refuse(model, "immutable", f"UPDATE OF {', '.join(fixed)} OR DELETE")
    _never_emptied(model)


def lasting(model: type[Base]) -> None:
    """The model's rows cannot be deleted, nor their ids changed."""
    refuse(model, "lasting", "UPDATE OF id OR DELETE")
    _never_emptied(model)


def _never_emptied(model: type[Base]) -> None:
    """Refuse TRUNCATE, for which row triggers do not run."""
    _trigger(model, "never_emptied", "TRUNCATE", "EXECUTE FUNCTION refuse_change()", of="STATEMENT")


def refuse(model: type[Base], name: str, change: str, *, when: str = "") -> None:
    """Refuse a `change` ("DELETE", "UPDATE OF number") of a row if `when` holds.

    The condition uses the row's OLD and NEW values (all NULL if there are none), and may query
    other tables; it is then planned for each row, so not for bulk writes.
    """
    if "SELECT" in when:
        condition = when.replace("'", "''")
        _trigger(model, name, change, f"EXECUTE FUNCTION refuse_if('{condition}')")
    else:
        condition = f"WHEN ({when})" if when else ""
        _trigger(model, name, change, f"{condition} EXECUTE FUNCTION refuse_change()")


def refuse_by(model: type[Base], name: str, change: str, ask: str) -> None:
    """As `refuse`, with PL/pgSQL `ask` that sets `refused`: planned once, for bulk writes."""
    _after_create(model, function(f"{model.__tablename__}_{name}", ask))
    _trigger(model, name, change, f"EXECUTE FUNCTION {model.__tablename__}_{name}()")


def changed(*columns: str) -> str:
    """The condition that a row changes in any of these columns."""
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


def _trigger(model: type[Base], name: str, change: str, does: str, *, of: str = "ROW") -> None:
    table = model.__tablename__
    _after_create(
        model, f"CREATE TRIGGER {table}_{name} BEFORE {change} ON {table} FOR EACH {of} {does}"
    )


def _after_create(model: type[Base], statement: str) -> None:
    def create(_: Table, connection: Connection, **__: object) -> None:
        connection.execute(text(statement))

    event.listen(_table(model), "after_create", create)


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


@event.listens_for(Base.metadata, "before_create")
def _make_functions(_: MetaData, connection: Connection, **__: object) -> None:
    connection.execute(text(function("refuse_change", "refused := true;")))
    connection.execute(text(function("refuse_if", CONDITION)))
