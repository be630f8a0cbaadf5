"""Reads receipts and registers from untrusted files, with limits.

A file is read once; size, number of values and depth are limited. Records of other shapes than the
portal's own are refused, so callers need not check them.
"""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from portal.core.formats import MEGABYTE
from portal.grants.applications.register.rules import RegisterLine

RECEIPT = "asns/receipt/1"
REGISTER = "asns/register/1"

LARGEST = 8 * MEGABYTE  # bytes of a record; a register of 5,000 lines with its proofs has five
MOST_VALUES = 200_000  # values of a record; such a register has 80,000
DEEPEST = 12  # nested lists and objects; a receipt has seven
MOST_REGISTERS = 100  # a register and its supplements
LONGEST_NAME = 100  # characters of a number, a code or a seal

# An embedded file of a PDF: Typst writes one such object, and other programs may have added some.
_EMBEDDED = re.compile(rb"/EmbeddedFile\b")
_MOST_EMBEDDED = 8
_LONGEST_HEAD = 1024  # bytes from there to the begin of its stream
_PORTION = 64 * 1024  # bytes unpacked at a time


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt: number and seal, and the sealed content."""

    number: str
    seal: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A downloaded register: the call's code, and root and lines of each part."""

    competition: str
    registers: tuple[tuple[str, tuple[RegisterLine, ...]], ...]


def receipt_record(portal: str, content: Mapping[str, Any], seal: str) -> dict[str, Any]:
    """A receipt as JSON, with all that is needed to compute the seal anew."""
    return {"form": RECEIPT, "portal": portal, "seal": seal, "content": dict(content)}


def register_record(
    portal: str, competition: str, registers: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The register and its supplements as JSON; `construction` explains the root."""
    return {
        "form": REGISTER,
        "portal": portal,
        "competition": competition,
        "construction": "RFC 6962 section 2.1 over SHA-256; a leaf is 'number seal' in ASCII",
        "registers": list(registers),
    }


def record_in(data: bytes) -> Receipt | Downloaded | None:
    """The receipt or register in a file: JSON itself, or attached to a PDF. None for neither."""
    if len(data) > LARGEST:
        return None
    if not data.startswith(b"%PDF"):
        return _record(data)
    return next((found for one in _embedded(data) if (found := _record(one))), None)


def _embedded(pdf: bytes) -> Iterator[bytes]:
    """The unpacked files of a PDF, together within the limit of one record."""
    left = LARGEST
    for found in islice(_EMBEDDED.finditer(pdf), _MOST_EMBEDDED):
        begin = pdf.find(b"stream", found.end(), found.end() + _LONGEST_HEAD)
        if begin >= 0:
            content = _unpacked(pdf, _after_line(pdf, begin + len(b"stream")), left)
            left -= len(content)
            yield content


def _after_line(pdf: bytes, end: int) -> int:
    """Where a stream begins: after the line end that follows the keyword (ISO 32000-1, 7.3.8.1)."""
    return end + (2 if pdf.startswith(b"\r\n", end) else 1)


def _unpacked(pdf: bytes, start: int, limit: int) -> bytes:
    """A stream of at most `limit` bytes; empty if it is longer, or its compression unknown."""
    if pdf.startswith(b"{", start):
        content = pdf[start : max(start, pdf.find(b"endstream", start))].strip()
        return content if len(content) <= limit else b""
    unpacking, unpacked = zlib.decompressobj(), bytearray()
    try:
        for at in range(start, len(pdf), _PORTION):
            unpacked += unpacking.decompress(pdf[at : at + _PORTION], limit + 1 - len(unpacked))
            if unpacking.eof or len(unpacked) > limit:
                break
    except zlib.error:
        return b""
    return bytes(unpacked) if unpacking.eof and len(unpacked) <= limit else b""


def _record(data: bytes) -> Receipt | Downloaded | None:
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        return None
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=_exact,
            parse_float=_refused,
            parse_constant=_refused,
        )
        _check(value)
    except (ValueError, RecursionError):
        return None
    return _receipt(value) or _register(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _exact(digits: str) -> int:
    """A number that is exact in JSON (RFC 8785 takes no other)."""
    number = int(digits) if len(digits) <= 17 else 2**53
    if abs(number) >= 2**53:
        raise ValueError("a number is too large")
    return number


def _refused(number: str) -> float:
    raise ValueError("a number is not whole")


def _check(value: Any) -> None:
    """Raise ValueError for too much nesting, and for text that cannot be shown or stored."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        deeper: list[Any] = []
        for one in level:
            match one:
                case str():
                    if "\0" in one:
                        raise ValueError("a text holds a zero byte")
                    one.encode()  # raises for a lone surrogate
                case dict():
                    deeper += [*one, *one.values()]
                case list():
                    deeper += one
        level = deeper
    if level:
        raise ValueError("too deep")


def _receipt(value: Any) -> Receipt | None:
    match value:
        case {"form": form, "seal": str(seal), "content": {"number": str(number)} as content} if (
            form == RECEIPT and max(len(seal), len(number)) <= LONGEST_NAME
        ):
            return Receipt(number, seal, content)
    return None


def _register(value: Any) -> Downloaded | None:
    match value:
        case {"form": form, "competition": str(code), "registers": [*parts]} if (
            form == REGISTER and len(code) <= LONGEST_NAME and len(parts) <= MOST_REGISTERS
        ):
            read = [_part(part) for part in parts]
            known = tuple(part for part in read if part is not None)
            return Downloaded(code, known) if len(known) == len(read) else None
    return None


def _part(value: Any) -> tuple[str, tuple[RegisterLine, ...]] | None:
    match value:
        case {"root": str(root), "entries": [*entries]}:
            read = [_line(entry) for entry in entries]
            lines = tuple(line for line in read if line is not None)
            return (root, lines) if len(lines) == len(read) else None
    return None


def _line(value: Any) -> RegisterLine | None:
    match value:
        case {"number": str(number), "seal": str(seal)} if (
            max(len(number), len(seal)) <= LONGEST_NAME
        ):
            return RegisterLine(number, seal)
    return None
