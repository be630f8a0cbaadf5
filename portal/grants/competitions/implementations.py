"""Implementations of core's hooks."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portal.core.accounts.administration import hooks as administration
from portal.grants.competitions import queries


@administration.names_of_scopes.implement
def codes(keys: Sequence[UUID]) -> Iterable[tuple[UUID, str]]:
    """The codes of competitions, in which committee roles are held."""
    return queries.codes(keys).items()
