"""Codecs of the stored values of answers.

Each set names its codec. `plain` stores values as they are; an owner with confidential answers
registers one that encrypts them with the owner's key.
"""

from typing import Any, Protocol
from uuid import UUID


class Codec(Protocol):
    """Converts an answer to JSON for storage, and back. `key` is the question's."""

    def lock(self, set_id: UUID, key: str, value: Any) -> Any:
        """The stored form of a value that is not None."""
        ...

    def unlock(self, set_id: UUID, key: str, kept: Any) -> Any:
        """The value; raises the owner's error if its key was destroyed."""
        ...


class _Plain:
    def lock(self, set_id: UUID, key: str, value: Any) -> Any:
        return value

    def unlock(self, set_id: UUID, key: str, kept: Any) -> Any:
        return kept


_codecs: dict[str, Codec] = {"plain": _Plain()}


def register(name: str, codec: Codec) -> None:
    """Register a codec by name."""
    _codecs[name] = codec


def codec_of(name: str) -> Codec:
    """The codec of this name; raises KeyError for an unknown one."""
    return _codecs[name]
