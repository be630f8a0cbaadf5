"""Migrations: at the head or not, and one at a time."""

from concurrent.futures import ThreadPoolExecutor

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from portal.core import migrate, revision


def is_current(url: str) -> bool:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        current = revision.is_current(connection)
    engine.dispose()
    return current


def test_a_database_is_current_at_the_newest_migration_alone(new_database):
    url = new_database("migrate_current")
    assert is_current(url)
    migrate.downgrade(url, "0001")
    assert not is_current(url)
    migrate.upgrade(url)
    assert is_current(url)


def test_servers_that_start_together_migrate_once(new_database):
    url = new_database("migrate_together")
    migrate.downgrade(url)
    with ThreadPoolExecutor(3) as servers:
        list(servers.map(migrate.upgrade, [url] * 3))
    assert is_current(url)


def test_the_newest_migration_is_the_one_that_alembic_ends_at():
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head() == revision.newest()
