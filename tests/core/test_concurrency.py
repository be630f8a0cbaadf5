"""A person's long work is done one at a time, in whichever process."""

import fcntl
from uuid import uuid4

import pytest
from flask import Flask

from portal.core.concurrency import one_per_person
from portal.core.errors import TooMany


def test_whoever_waited_at_the_file_of_a_slot_holds_the_next(app: Flask) -> None:
    whose = uuid4()
    with app.app_context():
        with one_per_person(whose), one_per_person(uuid4()):
            with pytest.raises(TooMany), one_per_person(whose):
                pass
            waiting = (app.extensions["settings"].var / "slots" / str(whose)).open("wb")
        with waiting:
            fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with pytest.raises(TooMany), one_per_person(whose):
                pass
        with one_per_person(whose):
            pass
