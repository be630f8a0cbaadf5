"""What this room answers to the stage before it: letters to all who apply in a call."""

from portal.grants.applications.correspondence import queries, service
from portal.grants.competitions import hooks
from portal.grants.competitions.hooks import Outlook
from portal.grants.competitions.models import Competition


@hooks.outlook.answer
def outlook(competition: Competition) -> Outlook:
    """Whom letters to all who apply will find."""
    return queries.outlook(queries.reach_in(competition))


hooks.write_to_applicants.answer(service.write_to_all)
