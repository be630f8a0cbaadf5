"""Hooks by which wings react to a new member of an organisation."""

from collections.abc import Iterable

from portal.core.accounts.models import Person
from portal.core.hooks import CollectingHook
from portal.core.work import Work


@CollectingHook
def joined(work: Work, person: Person) -> Iterable[None]:
    """Called in the verbs by which a person becomes a member of an organisation."""
    return ()
