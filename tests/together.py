"""Several people at the same moment, each on a connection of their own."""

import threading
from collections.abc import Callable

from flask import Flask

from portal.core.db import db
from portal.core.errors import DomainError


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that begin together; what each gave, or was refused with."""
    barrier, results = threading.Barrier(len(acts)), list[object]([None] * len(acts))

    def run(place: int) -> None:
        with app.test_request_context():
            barrier.wait()
            try:
                results[place] = acts[place]()
            except DomainError as refusal:
                results[place] = refusal
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "they wait for each other"
    return results


def refusals(results: list[object]) -> list[DomainError]:
    """Those that were refused."""
    return [result for result in results if isinstance(result, DomainError)]
