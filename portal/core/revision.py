"""Whether the database is at the newest migration, without loading Alembic."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


@cache
def newest() -> str:
    """The number of the newest migration, with which its file's name begins."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def is_current(connection: Connection) -> bool:
    """Whether the database is at the newest migration of this code."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return False
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(version == newest())
