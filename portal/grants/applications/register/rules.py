"""The register as a Merkle tree, and what a receipt says against it.

The tree is that of RFC 6962, section 2.1 (Certificate Transparency): SHA-256, a leaf is hashed with
the prefix 00 and a node with 01, so that neither can pass for the other; a list is split at the
largest power of two below its length. A leaf is the ASCII text "number seal", in the order of the
numbers.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# --------------------------------------------------------------- papers and files

RECEIPT = "asns/receipt/1"
REGISTER = "asns/register/1"
LARGEST_RECORD = 4 * 1024 * 1024  # bytes of JSON inside a receipt; an application is far smaller


def receipt_record(portal: str, content: Mapping[str, Any], seal: str) -> dict[str, Any]:
    """A receipt for programs: all that is needed to compute the seal anew."""
    return {"form": RECEIPT, "portal": portal, "seal": seal, "content": dict(content)}


def register_record(
    portal: str, competition: str, registers: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The register and its supplements for programs; `construction` says how a root is computed."""
    return {
        "form": REGISTER,
        "portal": portal,
        "competition": competition,
        "construction": "RFC 6962 section 2.1 over SHA-256; a leaf is 'number seal' in ASCII",
        "registers": list(registers),
    }


def record_in(data: bytes) -> dict[str, Any] | None:
    """The receipt or register in a file: JSON itself, or attached to a PDF. None for neither."""
    if not data.startswith(b"%PDF"):
        return _record(data)
    for start in re.finditer(rb"stream\r?\n", data):
        found = _record(_stream(data, start.end()))
        if found is not None:
            return found
    return None


def _stream(pdf: bytes, start: int) -> bytes:
    """A stream of a PDF, unpacked as far as a record may reach; empty where it holds none."""
    if pdf.startswith(b"{", start):
        return pdf[start : pdf.find(b"endstream", start)].strip()
    unpacking = zlib.decompressobj()
    try:
        head = unpacking.decompress(pdf[start : start + 512], 1)
        if head != b"{":
            return b""
        rest = unpacking.unconsumed_tail + pdf[start + 512 :]
        return head + unpacking.decompress(rest, LARGEST_RECORD)
    except zlib.error:
        return b""


def _record(data: bytes) -> dict[str, Any] | None:
    if len(data) > LARGEST_RECORD:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    known = isinstance(value, dict) and value.get("form") in (RECEIPT, REGISTER)
    return value if known else None


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """The places at which two JSON values differ, as paths such as answers.project.title."""
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
