"""A real S3 server and a mail server, as the tests of files and of letters have them."""

from tests.core.documents.conftest import s3, s3_endpoint
from tests.core.messages.conftest import sink

__all__ = ["s3", "s3_endpoint", "sink"]
