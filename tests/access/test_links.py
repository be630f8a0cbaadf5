"""No page leads its reader to where they may not go."""

from urllib.parse import urljoin, urlsplit

import pytest

from tests.access.table import rows
from tests.pages import parsed
from tests.world import World

ROLES = (
    "reader",
    "editor",
    "owner",
    "officer",
    "head",
    "auditor",
    "member",
    "chair",
    "secretary",
    "recused",
    "administrator",
)


@pytest.mark.parametrize("role", ROLES)
def test_every_link_opens(world: World, role: str) -> None:
    pages = {
        world.url(row.endpoint, row.stage)
        for row in rows()
        if role in row.let_in and "GET" in world.methods(row.endpoint)
    }
    links: dict[str, str] = {}
    opened = set()
    for page in sorted(pages):
        response = world.ask(role, page)
        if response.status_code < 400:
            opened.add(page)
        if response.mimetype != "text/html" or response.status_code != 200:
            continue
        for link in parsed(response.text).select("a[href]"):
            target = urlsplit(urljoin(page, str(link["href"])))
            if not target.netloc and not target.scheme and not target.path.startswith("/demo"):
                links.setdefault(target.path, page)
    shut = {
        f"{target} from {page}: {answer.status_code}"
        for target, page in links.items()
        if target not in opened and (answer := world.ask(role, target)).status_code >= 400
    }
    assert not shut, "\n".join(sorted(shut))
