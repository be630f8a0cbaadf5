"""Hooks by which wings add to the administration of roles."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portal.core.hooks import CollectingHook


@CollectingHook
def names_of_scopes(keys: Sequence[UUID]) -> Iterable[tuple[UUID, str]]:
    """The names of the scopes that a wing defines, as (key, name); one query per wing."""
    return ()
