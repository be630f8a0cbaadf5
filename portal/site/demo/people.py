"""The invented organisations other than the personas', each with an owner."""

from datetime import date

from portal.core.accounts.demo.cast import CONFIRMED, Cast, registration_number
from portal.core.accounts.models import Organisation, Person, Role, RoleGrant
from portal.core.db import db
from portal.core.work import unit_of_work
from portal.site.demo.stories import organisations

FIRST_SERIAL = 100  # of their registration numbers; the personas' organisations have lower ones
OWNERS = (
    "Zane Rudzīte",
    "Edgars Mežs",
    "Baiba Ozoliņa",
    "Kārlis Priede",
    "Sintija Upīte",
    "Oskars Vanags",
    "Madara Celma",
    "Roberts Dzenis",
    "Evija Kļava",
    "Uldis Smilga",
    "Paula Strazda",
    "Mārtiņš Vējš",
)


def other_applicants(cast: Cast) -> dict[str, tuple[Organisation, Person]]:
    """Create the organisations of the stories; by code, each with its owner."""
    found = {
        "kraujas": (cast.organisations["kraujas"], cast.people["ngo-owner"]),
        "vejtrauksme": (cast.organisations["vejtrauksme"], cast.people["ngo-other"]),
    }
    with unit_of_work(None, "demo.organisations_made") as work:
        for serial, (code, facts) in enumerate(organisations().items()):
            organisation = work.add(
                Organisation(
                    kind=facts["kind"],
                    name=facts["name"],
                    registration_number=None
                    if facts["kind"] == "youth_group"
                    else registration_number(FIRST_SERIAL + serial),
                    address=facts.get("address", ""),
                    email=f"birojs@{code}.example",
                )
            )
            owner = work.add(
                Person(
                    email=f"vadiba@{code}.example",
                    name=OWNERS[serial % len(OWNERS)],
                    confirmed_at=CONFIRMED,
                )
            )
            db.session.flush()
            work.add(
                RoleGrant(
                    person_id=owner.id,
                    role=Role.OWNER,
                    scope_id=organisation.id,
                    since=date(2020, 1, 2),
                )
            )
            found[code] = (organisation, owner)
    return found
