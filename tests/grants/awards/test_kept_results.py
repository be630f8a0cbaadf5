"""The results page as it is kept, while grants are declined and given on."""

from http import HTTPStatus

import pytest

from portal.core import caching, clock
from portal.grants.awards import service
from tests.pages import PageClient
from tests.world.scene import Scene

# Everything that says who has a grant.
PATHS = ("/", "/open-data/competitions.json", "/competitions.atom")


def decline(case: Scene, rank: int) -> None:
    case.run(service.decline, case.owner_of(rank), case.decision(rank), reason="")


def promote(case: Scene, instead_of: int) -> None:
    declined = case.decision(instead_of)
    case.run(service.promote, case.head, declined, decided_on=clock.today())


def test_no_page_of_declined_and_promoted_grants_is_taken_for_a_former_one(
    published: Scene, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision leaves the page and another enters it, which no sum of versions tells."""
    tags: dict[str, list[str]] = {path: [] for path in (published.results, *PATHS)}
    results = []
    for step in (
        lambda: None,
        lambda: decline(published, 0),
        lambda: promote(published, 0),
        lambda: decline(published, 1),
    ):
        step()
        for path, known in tags.items():
            answer = client.get(path, headers={"If-None-Match": ", ".join(known)})
            with monkeypatch.context() as patch:
                patch.setattr(caching, "PAGES", caching.Pages(caching.KEPT))
                anew = client.get(path)
            unchanged = answer.status_code == HTTPStatus.NOT_MODIFIED
            assert answer.headers["ETag"] == anew.headers["ETag"], path
            assert unchanged == (anew.headers["ETag"] in known), path
            known.append(answer.headers["ETag"])
        results.append(client.get(published.results).data)
    assert len(set(results)) == len(results)
