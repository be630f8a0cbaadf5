"""The register as a Merkle tree, and comparison of receipts.

The tree is that of RFC 6962, section 2.1 (Certificate Transparency): SHA-256, leaves are hashed
with the prefix 00 and nodes with 01, so that neither can pass for the other; a list is split at the
largest power of two below its length. A leaf is the ASCII text "number seal", in the order of the
numbers.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class RegisterLine:
    """One line of the register: an application's number and the seal of its valid content."""

    number: str
    seal: str

    @property
    def leaf(self) -> bytes:
        return f"{self.number} {self.seal}".encode()


def in_order(lines: Iterable[RegisterLine]) -> list[RegisterLine]:
    """Lines in the register's order: by ordinal, so that -1000 comes after -999."""
    return sorted(lines, key=lambda line: (len(line.number), line.number))


def root_of(lines: Iterable[RegisterLine]) -> str:
    """The Merkle root, in hexadecimal, over the lines in the register's order."""
    return merkle_root([line.leaf for line in in_order(lines)]).hex()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves in their order; for no leaves the SHA-256 of the empty string."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return _leaf(leaves[0])
    middle = _split(len(leaves))
    return _node(merkle_root(leaves[:middle]), merkle_root(leaves[middle:]))


def inclusion_proofs(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The audit path of each leaf, from its sibling to below the root.

    Computed together: separately, each would hash the whole tree anew.
    """
    return _proved(leaves)[1] if leaves else []


def _proved(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """The root over leaves, and the path of each to below it."""
    if len(leaves) == 1:
        return _leaf(leaves[0]), [[]]
    middle = _split(len(leaves))
    (left, firsts), (right, seconds) = _proved(leaves[:middle]), _proved(leaves[middle:])
    for paths, neighbour in ((firsts, right), (seconds, left)):
        for path in paths:
            path.append(neighbour)
    return _node(left, right), firsts + seconds


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """The paths at which two JSON values differ, such as answers.project.title."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other}, key=str)
        return [
            place
            for key in keys
            for place in differences(one.get(key), other.get(key), f"{path}.{key}" if path else key)
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            place
            for index, (first, second) in enumerate(zip(one, other, strict=True), start=1)
            for place in differences(first, second, f"{path}[{index}]")
        ]
    return [] if type(one) is type(other) and one == other else [path]
