"""Whether the database stands at the newest migration, told without loading what runs them."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


@cache
def newest() -> str:
    """The number of the newest migration; a file's name begins with its number."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest migration that this code knows."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return False
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(version == newest())
