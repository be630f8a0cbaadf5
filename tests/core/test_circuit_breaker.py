"""A neighbour that has been silent is asked anew without everybody waiting for it."""

from contextlib import suppress

import pytest

from portal.core import circuit_breaker
from portal.core.circuit_breaker import CircuitBreaker, CircuitOpen


def test_one_at_a_time_tries_whoever_has_been_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    server = CircuitBreaker("the server", TimeoutError)
    with suppress(TimeoutError), server.asked():
        raise TimeoutError
    monkeypatch.setattr(circuit_breaker, "monotonic", lambda: float("inf"))  # every pause is over
    with suppress(TimeoutError), server.asked():
        with pytest.raises(CircuitOpen), server.asked():
            pass
        raise TimeoutError
    with server.asked():
        pass
    with server.asked(), server.asked():
        pass
