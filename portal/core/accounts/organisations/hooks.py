"""What the wings have to see to when somebody begins to belong to an organisation."""

from collections.abc import Iterable

from portal.core.accounts.models import Person
from portal.core.hooks import CollectingHook
from portal.core.work import Work


@CollectingHook
def joined(work: Work, person: Person) -> Iterable[None]:
    """Runs in the verbs by which a person begins to belong to an organisation."""
    return ()
