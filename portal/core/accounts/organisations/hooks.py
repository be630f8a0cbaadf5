"""Hooks by which wings react to a new member of an organisation."""

from portal.core.accounts.models import Person
from portal.core.hooks import StepHook
from portal.core.work import Work


@StepHook
def joined(work: Work, person: Person) -> None:
    """Part of the verbs by which a person becomes a member of an organisation."""
