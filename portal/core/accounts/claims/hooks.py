"""What the wings tell of an organisation that is claimed: where it has dealings, and how many."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select

from portal.core.hooks import CollectingHook

Dealt: TypeAlias = Select[Any, UUID, str]


class Capacity(StrEnum):
    """What an organisation was to a competition."""

    APPLICANT = "applicant"
    PARTNER = "partner"


@CollectingHook
def dealings() -> Iterable[Dealt]:
    """Selects of (organisation_id, municipality_id, capacity), a row for each dealing, and no
    contents.
    """
    return ()
