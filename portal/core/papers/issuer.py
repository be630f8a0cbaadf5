"""The issuer of papers, from the settings of the municipality."""

from contextlib import closing
from datetime import datetime
from functools import lru_cache

from portal.core.accounts.models import Municipality
from portal.core.documents.service import storage
from portal.core.documents.storage import MissingObject
from portal.core.papers.blocks import Issuer, Text


def issuer_of(
    municipality: Municipality, *, at: datetime, name: Text = "", contact: str = ""
) -> Issuer:
    """The municipality's board as the issuer of a paper, with its logo as it was at `at`.

    `at` is the instant of sealing, closing or sending; of a draft or preview, the present. What was
    sealed, signed or sent gives its own `name`, and a call its own `contact`. Raises Unavailable if
    the storage is.
    """
    logo = municipality.logo_at(at)
    return Issuer(
        name=name or municipality.organiser,
        contact=contact or municipality.email,
        logo=_logo(logo.object_key) if logo else b"",
    )


def _logo(object_key: str) -> bytes:
    """A logo; b"" while its object is missing: a paper without its logo says the same."""
    try:
        return _picture(object_key)
    except MissingObject:
        return b""


@lru_cache(maxsize=16)
def _picture(object_key: str) -> bytes:
    """A picture from the storage, kept: the object of a key never changes. Raises
    MissingObject."""
    with closing(storage().open(object_key)) as chunks:
        return b"".join(chunks)
