"""For what only real commits show."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from config import Settings
from portal import create_app
from portal.core.db import db


@pytest.fixture
def alone(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application on a database of its own, where a commit is a commit."""
    app = create_app(
        Settings(
            var=tmp_path_factory.mktemp("var"),
            database_url=new_database(f"alone_{worker}"),
            demo=False,
            base_url="http://localhost",
        )
    )
    yield app
    with app.app_context():
        db.engine.dispose()
