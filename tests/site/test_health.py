"""What a load balancer asks."""

from tests.pages import PageClient


def test_the_process_answers(client: PageClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_database_is_ready_once_it_is_migrated(client: PageClient) -> None:
    assert client.get("/readyz").json == {"status": "ok"}
