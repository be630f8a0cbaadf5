"""Every naughty string in every field of the forms of decisions: kept as it is, or refused."""

import json
from pathlib import Path

from portal.core import parsing
from portal.core.versions import version_of
from portal.grants.awards.models import DecisionState
from tests.grants.awards.conftest import Case
from tests.pages import PageClient

NAUGHTY: list[str] = json.loads(
    (Path(__file__).parents[2] / "core" / "blns.json").read_text("utf-8")
)
# Those with control characters are the fields' own affair: see tests/core/test_fields.py.
SHOWABLE = [text for text in NAUGHTY if all(c >= " " or c in "\t\r\n" for c in text)]


def test_the_words_of_a_decision_are_kept_or_refused(drafted: Case, client: PageClient) -> None:
    client.sign_in(drafted.officer)
    url = f"{drafted.url}/{drafted.decision(0).id}"
    kept = 0
    for naughty in SHOWABLE[::3]:
        typed = {"outcome": "conditions", "conditions": naughty, "reasons": naughty}
        typed["version"] = version_of(drafted.decision(0))
        response = client.post(url, data=typed)
        assert response.status_code in (302, 422), repr(naughty)
        if response.status_code == 302:
            kept += 1
            decision = drafted.decision(0)
            assert decision.reasons == decision.conditions == parsing.text(naughty)
    assert kept > len(SHOWABLE) / 3 * 0.9
    # What was kept last stands in the letter as text.
    assert client.get(url + "/letter").status_code == 200


def test_an_outcome_or_a_date_that_is_none_changes_nothing(
    drafted: Case, client: PageClient
) -> None:
    client.sign_in(drafted.officer)
    url = f"{drafted.url}/{drafted.decision(0).id}"
    for naughty in SHOWABLE[::16]:
        typed = {"outcome": naughty, "conditions": "", "reasons": ""}
        assert client.post(url, data=typed).status_code == 422, repr(naughty)
    client.sign_in(drafted.head)
    for naughty in SHOWABLE[::16]:
        date = {f"decided_on-{part}": naughty for part in ("day", "month", "year")}
        response = client.post(drafted.url + "/sign", data=date)
        assert response.status_code == 422, repr(naughty)
    assert drafted.decision(0).state is DecisionState.DRAFTED


def test_why_a_grant_is_declined_is_kept_whatever_it_says(
    published: Case, client: PageClient
) -> None:
    naughty = "\n".join(text for text in NAUGHTY if text.isprintable())[:1999]
    client.sign_in(published.owner(0))
    response = client.post(published.own(0) + "/decline", data={"reason": naughty})
    assert response.status_code == 302
    assert published.decision(0).decline_reason == parsing.text(naughty)
    client.sign_in(published.head)
    promote = f"{published.url}/{published.decision(0).id}/promote"
    assert client.get(promote).status_code == 200
