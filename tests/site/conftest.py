"""The site shows what decisions bring about, so it borrows their fixtures."""

from tests.grants.awards.conftest import case, drafted, published, signed

__all__ = ["case", "drafted", "published", "signed"]
