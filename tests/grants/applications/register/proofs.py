"""How anybody can check a line of a closed register, by RFC 6962 alone."""

import hashlib
from collections.abc import Sequence


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the leaf at `index` of `size` leaves to `root`."""
    if not 0 <= index < size:
        return False
    turns = _path(index, size)
    if len(turns) != len(proof):
        return False
    digest = hashlib.sha256(b"\x00" + leaf).digest()
    for is_left, neighbour in zip(reversed(turns), proof, strict=True):
        pair = digest + neighbour if is_left else neighbour + digest
        digest = hashlib.sha256(b"\x01" + pair).digest()
    return digest == root


def _path(index: int, size: int) -> list[bool]:
    """The way from the root down to a leaf: True where it goes left."""
    turns = []
    while size > 1:
        middle = 1 << ((size - 1).bit_length() - 1)  # the largest power of two below the size
        turns.append(index < middle)
        index, size = (index, middle) if index < middle else (index - middle, size - middle)
    return turns
