"""The portal on the PostgreSQL that Debian's package installs, as an operator sets it up.

So does tests/journeys/test_life_of_a_competition.py, for a whole competition.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click import ClickException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from portal.core import migrate, revision
from portal.core.accounts.models import Person
from tools import check_migrations

ROOT = Path(__file__).parents[2]

# What createdb is told in docs/operations.md; the other databases of the tests sort in Latvian.
AS_DOCUMENTED = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C.UTF-8'"


def flask(var: Path, database_url: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{"PATH": os.environ["PATH"], "VAR": str(var), "DATABASE_URL": database_url},
        **{"SECRET_KEY": "a key for tests only, 48 signs as it is asked for", "LOG_LEVEL": "info"},
        "BASE_URL": "https://konkursi.example.lv",
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_owner_of_an_empty_database_migrates_it(debian_database, tmp_path):
    url = debian_database("empty", AS_DOCUMENTED)
    done = flask(tmp_path, url, "migrate")
    assert done.returncode == 0, done.stderr
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        assert revision.is_current(connection)
    engine.dispose()


def test_its_migrations_make_what_the_models_say_and_lead_back_to_nothing(debian_database, capsys):
    found = check_migrations.check(debian_database("migrated"), debian_database("modelled"))
    assert found == 0, capsys.readouterr().out


def test_people_sort_by_the_latvian_alphabet_whatever_the_database_sorts_by(debian_database):
    """It takes y for i, which the letters of a sort key are not meant to be."""
    url = debian_database("sorted")
    migrate.upgrade(url)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    names = ["Āra", "Arnis", "Čaks", "Hilda", "Ivo", "Nora", "Ņina", "Zane", "Žanis"]
    with Session(engine) as session:
        for number, name in enumerate(reversed(names)):
            session.add(Person(name=name, email=f"{number}@example.lv"))
        session.flush()
        assert session.scalars(select(Person.name).order_by(Person.sort_name)).all() == names
    engine.dispose()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "UTF8"])
def test_a_database_that_knows_no_latvian_letters_is_refused_and_how_to_make_one_is_said(
    debian_database, tmp_path, encoding
):
    """Debian's package makes the first where the system has no locale."""
    options = AS_DOCUMENTED.replace("UTF8", encoding).replace("C.UTF-8", "C")
    refused = flask(tmp_path, debian_database(encoding.lower(), options), "migrate")
    assert refused.returncode == 1
    assert "--encoding=UTF8 --locale=C.UTF-8" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_an_older_server_is_refused(debian_database, monkeypatch):
    monkeypatch.setattr(migrate, "OLDEST", 99)
    with pytest.raises(ClickException, match="99 or later"):
        migrate.upgrade(debian_database("older"))
