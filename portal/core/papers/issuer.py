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
        logo=_picture(logo.object_key) if logo else b"",
    )


@lru_cache(maxsize=16)
def _picture(object_key: str) -> bytes:
    """A logo from the storage; the object of a key never changes."""
    try:
        with closing(storage().open(object_key)) as chunks:
            return b"".join(chunks)
    except MissingObject:  # a paper without its logo says the same
        return b""
