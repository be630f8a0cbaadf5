"""Where a person lands after signing in: the page from which their work begins.

Each stage names its page and whom it concerns; core knows no stage by name.

    desk("organisations.index", lambda actor: bool(scopes(actor, *ORGANISATIONAL)), order=40)
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, url_for

from portal.core.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """A page where somebody's work begins."""

    endpoint: str
    concerns: Callable[[Person], object]
    order: int


_desks: dict[str, Desk] = {}


def desk(endpoint: str, concerns: Callable[[Person], object], order: int = 50) -> None:
    """Offer a page; of several that concern a person the one with the lowest order is theirs."""
    _desks[endpoint] = Desk(endpoint, concerns, order)


def home_of(person: Person) -> str:
    """The address of the person's desk; without one, their organisations, where all begins."""
    for each in sorted(_desks.values(), key=lambda each: each.order):
        if each.endpoint in current_app.view_functions and each.concerns(person):
            return url_for(each.endpoint)
    return url_for("organisations.index")
