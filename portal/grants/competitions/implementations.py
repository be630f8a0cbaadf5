"""What competitions answer to the ground floor."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portal.core.accounts.administration import hooks as administration
from portal.grants.competitions import queries


@administration.names_of_scopes.implement
def codes(keys: Sequence[UUID]) -> Iterable[tuple[UUID, str]]:
    """Roles of a committee are held in a competition, which goes by its code."""
    return queries.codes(keys).items()
