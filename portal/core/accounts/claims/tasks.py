"""Tasks on the desk: claims to decide."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.accounts.claims.queries import first_waiting
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.desk import MANY, Task


def claims_to_decide(actor: Person) -> list[Task]:
    """Claims for an officer; an administrator may decide them too."""
    if not scopes(actor, Role.OFFICER):
        return []
    claims, number = first_waiting(actor, MANY)
    if number >= MANY:
        text = ngettext(
            "Check %(num)s request to act for an organisation",
            "Check %(num)s requests to act for organisations",
            number,
        )
        return [Task(text, url_for("claim_review.index"), claims[0].created_at)]
    return [
        Task(
            _("Check who may act for %(name)s", name=claim.name),
            url_for("claim_review.look", claim=claim),
            claim.created_at,
            _("%(name)s asks for the right", name=claim.claimant.name),
        )
        for claim in claims
    ]
