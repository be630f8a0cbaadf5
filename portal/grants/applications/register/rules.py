"""The register as a Merkle tree, and what a receipt says against it.

The tree is that of RFC 6962, section 2.1 (Certificate Transparency): SHA-256, a leaf is hashed with
the prefix 00 and a node with 01, so that neither can pass for the other; a list is split at the
largest power of two below its length. A leaf is the ASCII text "number seal", in the order of the
numbers.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of the register: an application's number and the seal of what counts of it."""

    number: str
    seal: str

    @property
    def leaf(self) -> bytes:
        return f"{self.number} {self.seal}".encode()


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Lines as the register lists them: by ordinal, so that -1000 comes after -999."""
    return sorted(lines, key=lambda line: (len(line.number), line.number))


def root_of(lines: Iterable[Line]) -> str:
    """The Merkle root, in hexadecimal, over the lines in the register's order."""
    return merkle_root([line.leaf for line in in_order(lines)]).hex()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves in their order; of no leaves it is the SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return _leaf(leaves[0])
    middle = _split(len(leaves))
    return _node(merkle_root(leaves[:middle]), merkle_root(leaves[middle:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at `index`, from its neighbour up to below the root.

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index), merkle_root(leaves[middle:])]
    return [*inclusion_proof(leaves[middle:], index - middle), merkle_root(leaves[:middle])]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the leaf at `index` of `size` leaves to `root`."""
    if not 0 <= index < size:
        return False
    turns = _path(index, size)
    if len(turns) != len(proof):
        return False
    digest = _leaf(leaf)
    for is_left, neighbour in zip(reversed(turns), proof, strict=True):
        digest = _node(digest, neighbour) if is_left else _node(neighbour, digest)
    return digest == root


def _path(index: int, size: int) -> list[bool]:
    """The way from the root down to a leaf: True where it goes left."""
    turns = []
    while size > 1:
        middle = _split(size)
        turns.append(index < middle)
        index, size = (index, middle) if index < middle else (index - middle, size - middle)
    return turns


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
