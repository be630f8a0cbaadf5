"""A neighbour that has been silent is asked anew without everybody waiting for it."""

from contextlib import suppress

import pytest

from portal.core import patience
from portal.core.patience import Neighbour, Silent


def test_one_at_a_time_tries_whoever_has_been_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Neighbour("the server", TimeoutError)
    with suppress(TimeoutError), server.asked():
        raise TimeoutError
    monkeypatch.setattr(patience, "monotonic", lambda: float("inf"))  # every pause is over
    with suppress(TimeoutError), server.asked():
        with pytest.raises(Silent), server.asked():
            pass
        raise TimeoutError
    with server.asked():
        pass
    with server.asked(), server.asked():
        pass
