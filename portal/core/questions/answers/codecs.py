"""How the values of a set of answers stand in the database.

A set names its codec. `plain` keeps them as they are; an owner whose answers nobody may read beside
it registers one that encrypts them by a key of the owner's.
"""

from typing import Any, Protocol
from uuid import UUID


class Codec(Protocol):
    """Turns an answer into JSON that may be kept, and back. `key` is the question's."""

    def lock(self, set_id: UUID, key: str, value: Any) -> Any:
        """What is kept of a value that is not None."""
        ...

    def unlock(self, set_id: UUID, key: str, kept: Any) -> Any:
        """The value again; raises whatever the owner raises where its key is gone."""
        ...


class _Plain:
    def lock(self, set_id: UUID, key: str, value: Any) -> Any:
        return value

    def unlock(self, set_id: UUID, key: str, kept: Any) -> Any:
        return kept


_codecs: dict[str, Codec] = {"plain": _Plain()}


def register(name: str, codec: Codec) -> None:
    """Make a codec known by its name."""
    _codecs[name] = codec


def codec_of(name: str) -> Codec:
    """The codec of this name; raises KeyError for an unknown one."""
    return _codecs[name]
