"""A real S3 server, as the tests of documents have it."""

from tests.core.documents.conftest import s3, s3_endpoint

__all__ = ["s3", "s3_endpoint"]
