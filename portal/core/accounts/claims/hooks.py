"""Hooks by which wings report the dealings of a claimed organisation."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select

from portal.core.hooks import CollectingHook

Dealt: TypeAlias = Select[Any, UUID, str]


class Capacity(StrEnum):
    """The role of an organisation in a competition."""

    APPLICANT = "applicant"
    PARTNER = "partner"


@CollectingHook
def dealings() -> Iterable[Dealt]:
    """Selects of (organisation_id, municipality_id, capacity), one row per dealing."""
    return ()
