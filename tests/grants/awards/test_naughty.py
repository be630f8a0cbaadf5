"""What can be typed into the forms of decisions: kept as it is, or refused."""

from portal.core.versions import version_of
from portal.grants.awards.models import DecisionState
from tests.naughty import COMBINED, NAUGHTY, stored
from tests.pages import PageClient
from tests.world.scene import Scene


def test_the_words_of_a_decision_are_kept(drafted: Scene, client: PageClient) -> None:
    client.sign_in(drafted.officer)
    url = f"{drafted.url}/{drafted.decision(0).id}"
    typed = {"outcome": "conditions", "conditions": COMBINED, "reasons": COMBINED}
    typed["version"] = version_of(drafted.decision(0))
    assert client.post(url, data=typed).status_code == 302
    decision = drafted.decision(0)
    assert decision.reasons == decision.conditions == stored(COMBINED)
    assert client.get(url + "/letter").status_code == 200


def test_an_outcome_or_a_date_that_is_none_changes_nothing(
    drafted: Scene, client: PageClient
) -> None:
    client.sign_in(drafted.officer)
    url = f"{drafted.url}/{drafted.decision(0).id}"
    typed = {"outcome": COMBINED, "conditions": "", "reasons": ""}
    assert client.post(url, data=typed).status_code == 422
    client.sign_in(drafted.head)
    date = {f"decided_on-{part}": COMBINED for part in ("day", "month", "year")}
    assert client.post(drafted.url + "/sign", data=date).status_code == 422
    assert drafted.decision(0).state is DecisionState.DRAFTED


def test_why_a_grant_is_declined_is_kept_whatever_it_says(
    published: Scene, client: PageClient
) -> None:
    naughty = "\n".join(text for text in NAUGHTY if text.isprintable())[:1999]
    client.sign_in(published.owner_of(0))
    response = client.post(published.own(0) + "/decline", data={"reason": naughty})
    assert response.status_code == 302
    assert published.decision(0).decline_reason == stored(naughty)
    client.sign_in(published.head)
    promote = f"{published.url}/{published.decision(0).id}/promote"
    assert client.get(promote).status_code == 200
