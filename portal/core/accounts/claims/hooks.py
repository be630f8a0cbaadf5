"""Hooks by which wings report the dealings of a claimed organisation."""

from collections.abc import Iterable
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select

from portal.core.hooks import CollectingHook

Dealt: TypeAlias = Select[Any, UUID, str]


@CollectingHook
def dealings() -> Iterable[Dealt]:
    """Selects of (organisation_id, municipality_id, capacity), one row per dealing."""
    return ()
