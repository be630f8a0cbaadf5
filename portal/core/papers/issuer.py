"""In whose name papers are: the settings of the municipality, as they stand."""

from contextlib import closing
from functools import lru_cache

from portal.core.accounts.models import Municipality
from portal.core.documents.service import storage
from portal.core.papers.blocks import Issuer, Text


def issuer_of(municipality: Municipality, *, name: Text = "", contact: str = "") -> Issuer:
    """The municipality's board as it issues papers now.

    What was sealed, signed or sent says its own `name`, and a call its own `contact`; the logo is
    always the present one. Asks the storage for it: raises Unavailable where that is silent.
    """
    logo = municipality.logo
    return Issuer(
        name=name or municipality.organiser,
        contact=contact or municipality.email,
        logo=_picture(logo.object_key) if logo else b"",
    )


@lru_cache(maxsize=16)
def _picture(object_key: str) -> bytes:
    """A logo out of the storage, where what has a key never changes."""
    with closing(storage().open(object_key)) as chunks:
        return b"".join(chunks)
