"""A folder and a real S3 server to store in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from portal.core.documents.storage import Storage, open_storage


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 server on the loopback that answers as AWS does."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server with an empty bucket "asns", and credentials as boto3 looks for them."""
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    client = boto3.client("s3", endpoint_url=s3_endpoint)
    bucket = boto3.resource("s3", endpoint_url=s3_endpoint).Bucket("asns")
    if any(found["Name"] == "asns" for found in client.list_buckets()["Buckets"]):
        bucket.objects.all().delete()
    else:
        bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    return s3_endpoint


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Each storage in turn, as the settings open it."""
    if request.param == "folder":
        return open_storage(Settings(var=tmp_path))
    endpoint = request.getfixturevalue("s3")
    return open_storage(
        Settings(var=tmp_path, documents_url="s3://asns/files", s3_endpoint=endpoint)
    )
