"""Check the migrations: they make what the models say, and lead back to nothing.

Alembic compares tables, columns, indexes and keys; what it does not see (CHECK constraints,
triggers, functions) shows in a dump of the schema, beside one that the models made, and the job
queue's library the tables that are its own.
"""

import subprocess
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine

from portal.core import embedded, migrate


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Path(folder) / "postgres"
        url = embedded.start(server, embedded.NOT_DURABLE)
        try:
            return check(_database(url, "migrated"), _database(url, "modelled"))
        finally:
            embedded.stop(server)


def check(migrated: str, modelled: str) -> int:
    """Whether both databases come out alike, and the first back to empty; 0 if so."""
    empty = schema(migrated)
    migrate.upgrade(migrated)
    migrate.check(migrated)
    with psycopg.connect(modelled) as connection:
        connection.execute(SchemaManager.get_schema())
    engine = create_engine(modelled.replace("postgresql:", "postgresql+psycopg:", 1))
    migrate.metadata().create_all(engine)
    engine.dispose()
    found = differ("migrations", schema(migrated), "models", schema(modelled))
    migrate.downgrade(migrated)
    found += differ("before", empty, "after a downgrade", schema(migrated))
    migrate.upgrade(migrated)
    found += differ("models", schema(modelled), "a second upgrade", schema(migrated))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def schema(url: str) -> list[str]:
    """The lines of a dump of the schema, sorted: the order of columns does not matter."""
    options = ("--schema-only", "--no-owner", "--exclude-table=alembic_version")
    dump = subprocess.run(  # noqa: S603 - the wheel's own program
        [embedded.program("pg_dump"), *options, url], check=True, capture_output=True, text=True
    ).stdout
    # Comments, and the key that guards the script and is new each time, say nothing of the schema.
    lines = (line.rstrip(",") for line in dump.splitlines())
    return sorted(line for line in lines if line and not line.startswith(("--", "\\")))


def differ(before: str, old: list[str], after: str, new: list[str]) -> list[str]:
    return list(unified_diff(old, new, before, after, n=0, lineterm=""))


def _database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
        )
    return url.replace("/postgres?", f"/{name}?", 1)


if __name__ == "__main__":
    sys.exit(main())
