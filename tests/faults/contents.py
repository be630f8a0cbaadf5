"""What the portal holds, to compare: every row of every table, and every file."""

from sqlalchemy import text

from portal.core.db import Base, db
from tests.world import World

JOBS = "procrastinate_jobs"
# A try is counted before what is tried begins, whatever comes of it.
TRIES = "throttles"


def contents(world: World) -> dict[str, tuple[int, int]]:
    """By table, the number of its rows and a checksum of all that they say; tries are left out."""
    tables = sorted({*Base.metadata.tables, JOBS} - {TRIES})
    query = " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(hashtext(row::text)), 0) FROM {name} AS row"
        for name in tables
    )
    with world.app.app_context():
        rows = db.engines[None].execute(text(query))
        return {name: (count, int(checksum)) for name, count, checksum in rows}


def files(world: World) -> set[str]:
    """Every file of the storage, half-written ones too."""
    folder = world.app.extensions["storage"].storage.folder
    return {str(path) for path in folder.rglob("*") if path.is_file()}
