"""No input costs more than in proportion to its length, whoever reads it.

Every parser reads hostile texts, from short ones on, each twice doubled. Once a reading takes long
enough to be told, four times the text may take eight times as long: the square would be sixteen.
The measure is the processor's time of this thread, the best of several; none is asked for seconds.
"""

import ast
import hashlib
import io
import json
import re
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

import portal
from portal.core import fields, formats, logs, names, parsing
from portal.core.accounts import form_tokens, passwords
from portal.core.accounts.rules import device_of, is_own_path
from portal.core.db import Words
from portal.core.documents import file_kinds, views
from portal.core.documents.programs import examine
from portal.core.documents.uploads import clean_name
from portal.core.errors import DomainError
from portal.core.messages import composing
from portal.core.papers import layout, rendering
from portal.core.questions.answers import rules as answering
from portal.core.questions.keys import key_of
from portal.core.questions.kinds.base import readable
from portal.core.questions.registry import all_kinds, kind_of
from portal.core.questions.rules import show, validate
from portal.core.versions import SeenVersion
from portal.grants.applications.register import records, verification
from portal.grants.applications.register.rules import differences, inclusion_proofs, root_of
from portal.grants.evaluation.committee.rules import plain
from portal.site.roles import views as roles
from tests.core.documents.samples import FILES, HEIC

TOLD = 0.005  # seconds of the processor; what takes less tells nothing
SIZES = (128, 512, 2048, 8192)
LARGER = (*SIZES, 32_768, 131_072)

Make = Callable[[int], Any]

# Each makes a text of about so many characters: what patterns, numbers and Unicode trip over.
TEXTS: dict[str, Make] = {
    "gaps": lambda n: "1" + " " * (n // 2) + "1" + " " * (n // 2) + "x",
    "digits": lambda n: "1" * n,
    "grouped": lambda n: "1 " * (n // 2) + "x",
    "dates": lambda n: "1.1." * (n // 4) + "x",
    "dashes": lambda n: "a-" * (n // 2) + "!",
    "words": lambda n: "Aa " * (n // 3) + "\x01",
    "addresses": lambda n: "a@b." * (n // 4),
    "euros": lambda n: "€ EUR" * (n // 5) + "x",
    "lines": lambda n: "\n \t" * (n // 3) + "x",
    "breaks": lambda n: "\r\n" * (n // 2),
    "links": lambda n: "\x01a\x02" * (n // 3),
    "quotes": lambda n: 't("\\' * (n // 4),
    "pairs": lambda n: "a=b " * (n // 4),
    "brackets": lambda n: "/[" * (n // 2),
    "marks": lambda n: "a" + "\u0300\u0327" * (n // 2),
    "ligatures": lambda n: "\ufdfa" * n,
    "letters": lambda n: "ā" * n,
    "halves": lambda n: "\ud800" * n,
}


def check(parse: Callable[[Any], object], make: Make, sizes: Sequence[int] = SIZES) -> None:
    """Fail where four times as much to read costs far more than four times as much."""
    before = TOLD
    for size in sizes:
        spent = cost(parse, make(size))
        if spent > max(TOLD, 8 * before):
            # It may have been the machine: ask both again, several times.
            before, spent = (min(cost(parse, make(s)) for _ in range(5)) for s in (size // 4, size))
            assert spent <= max(TOLD, 8 * before), f"{size}: {spent / before:.1f} times as much"
        before = max(spent, TOLD / 8)


def cost(parse: Callable[[Any], object], made: Any) -> float:
    start = time.thread_time()
    with suppress(DomainError, examine.Flawed, parsing.Unreadable):  # a refusal is an answer
        parse(made)
    return time.thread_time() - start


# ------------------------------------------------------------------- patterns


@cache
def patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern of the portal's code: compiled ones, and those that stand in a call."""
    return dict(_patterns())


def _patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, module in sorted(sys.modules.items()):
        if name.startswith("portal."):
            for key, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    yield f"{name}.{key}", value
    for path in sorted(Path(portal.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=attr),
                    args=[ast.Constant(value=str(source)), *_],
                ) if attr != "escape":
                    yield f"{path.name}:{node.lineno}", re.compile(source)


@pytest.mark.parametrize("hostile", TEXTS)
def test_every_pattern_is_linear(hostile: str, application: Flask) -> None:
    assert len(patterns()) > 30, "the code was not found"
    for pattern in patterns().values():
        if isinstance(pattern.pattern, bytes):
            continue  # records: below
        for ask in (pattern.fullmatch, pattern.search):
            check(ask, TEXTS[hostile], LARGER[:-1])


# --------------------------------------------------------------------- fields


def field_classes() -> list[type[fields.Field]]:
    found = [getattr(fields, name) for name in fields.__all__]
    return [one for one in found if isinstance(one, type) and issubclass(one, fields.Field)]


NEEDED: dict[type[fields.Field], dict[str, Any]] = {
    fields.Choice: {"choices": {"a": "A"}},
    fields.Rows: {"columns": [fields.Column(kind, kind, kind) for kind in ("text", "date")]},
}
PARTS = ("", "-day", "-month", "-year", "-time", "-lv", "-en", "-0-text", "-0-date")


@pytest.mark.parametrize("kind", field_classes(), ids=lambda kind: kind.__name__)
def test_every_field_reads_in_proportion(kind: type[fields.Field], app: Flask) -> None:
    needed = {} if kind is fields.Hidden else {"label": "Label", **NEEDED.get(kind, {})}
    form = type("OneField", (fields.Form,), {"f": kind(**needed)})

    def read(typed: str) -> None:
        sent = MultiDict((f"f{part}", typed) for part in PARTS)
        form(formdata=sent, meta={"csrf": False}).validate()

    with app.test_request_context():
        for make in TEXTS.values():
            check(read, make)


# -------------------------------------------------------------------- parsing

VALUES: dict[str, Callable[[str], object]] = {
    name: read
    for name, read in vars(parsing).items()
    if not name.startswith("_")
    and getattr(read, "__module__", "") == parsing.__name__
    and not isinstance(read, type)
}


@pytest.mark.parametrize("reader", VALUES)
def test_every_reader_reads_in_proportion(reader: str) -> None:
    read = partial(VALUES[reader], places=2) if reader == "decimal" else VALUES[reader]
    for make in TEXTS.values():
        check(read, make, LARGER)


# -------------------------------------------------------------------- answers


@dataclass
class Question:
    """A question of a form, with all settings that any kind has."""

    kind: str
    key: str = "q"
    label: Words = field(default_factory=Words)
    hint: Words = field(default_factory=Words)
    required: bool = True
    settings: Mapping[str, Any] = field(
        default_factory=lambda: {
            "options": [{"code": "a", "lv": "A"}],
            "columns": [
                {"key": kind.code, "kind": kind.code, "lv": "A"}
                for kind in all_kinds()
                if kind.column
            ],
        }
    )


@pytest.mark.parametrize("kind", [kind.code for kind in all_kinds()])
def test_every_answer_is_judged_in_proportion(kind: str) -> None:
    question = Question(kind)
    cells = {one.code for one in all_kinds() if one.column}

    def judge(typed: str) -> None:
        for raw in (typed, [typed], [dict.fromkeys(cells, typed)], typed.split(" ")):
            kept = kind_of(kind).keep(question, raw)
            validate([question], {"q": readable(kept)}, for_submit=True)
            show(question, kept, "lv")

    for make in TEXTS.values():
        check(judge, make)


# -------------------------------------------------- words, names, tokens, paths


def composed(typed: str) -> composing.ComposedText:
    reader = composing.Address("a@example.lv", "lv")
    return composing.compose(
        "accounts/address-changed", reader, email=typed, sign_in_url="http://a"
    )


def strength(typed: str) -> None:
    passwords.check_strength(typed, about=(typed, typed))


def takes_text(function: Callable[..., Any]) -> bool:
    return next(iter(signature(function).parameters.values())).annotation is str


def cursor(text: str) -> None:
    """An address refuses what is no cursor by its ValueError."""
    with suppress(ValueError):
        roles._cursor(text)


READERS: dict[str, Callable[[str], object]] = {
    "password": strength,
    "sort_key": formats.sort_key,
    "pdf": rendering.drawable,
    "break": lambda typed: layout.broken(typed, 40.0, 10.0),
    "download": views.disposition,
    "file_name": clean_name,
    "suspicion": plain,
    "key": lambda typed: key_of(typed, {"a"}, "a"),
    "version": SeenVersion.read,
    "prints": answering.SeenAnswers.read,
    "form_token": form_tokens.made_for,
    "next": is_own_path,
    "browser": device_of,
    "log": logs.masked,
    "name": names.offending,
    "name_in_a_letter": names.unlinked,
    "letter": composed,
    "lines_of_a_letter": composing._lines,
    "cursor": cursor,
    **{name: function for name, function in formats.FILTERS.items() if takes_text(function)},
}


@pytest.mark.parametrize("name", READERS)
def test_every_text_is_read_in_proportion(name: str, app: Flask) -> None:
    with app.test_request_context():
        for hostile, make in TEXTS.items():
            if hostile != "halves":  # refused by every field: see tests/core/test_fields.py
                check(READERS[name], make)


# ---------------------------------------------------------------------- files


def self_pointing(size: int) -> bytes:
    """An OLE2 file whose table of sectors lists one and the same sector, over and over."""
    lists = max(1, size // 512)
    head = struct.pack(
        "<8s16sHHHHHHLLLLLLLLLL",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(16),
        *(0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 109 + 127 * lists),
        *(0, 0, 4096, 0xFFFFFFFE, 0, 1, lists),
    )
    pointers = [
        struct.pack("<128L", *[0] * 127, place + 2 if place + 1 < lists else 0xFFFFFFFE)
        for place in range(lists)
    ]
    return head + bytes(436) + bytes(512) + b"".join(pointers)


def of_kind(kind: file_kinds.FileKind) -> Make:
    return lambda n: FILES[kind] * (n // len(FILES[kind]) + 1)


FILES_TO_TELL: dict[str, Make] = {
    **{kind.value: of_kind(kind) for kind in file_kinds.FileKind},
    **{
        f"{kind.value}_head": lambda n, k=kind: FILES[k][:8] + b"\n" * n
        for kind in file_kinds.FileKind
    },
    "ole_in_a_circle": self_pointing,
    "pictures_of_a_phone": lambda n: HEIC[:600] + b"\n" * n,
    "pdf_objects": lambda n: b"%PDF-1.7\n" + b"1 0 obj<<>>endobj\n" * (n // 18),
    "zip_ends": lambda n: b"PK\x03\x04" + b"PK\x05\x06" * (n // 4),
}


@pytest.mark.parametrize("name", FILES_TO_TELL)
def test_every_kind_of_file_is_told_in_proportion(name: str) -> None:
    check(lambda data: examine.tell(io.BytesIO(data)), FILES_TO_TELL[name], LARGER)


# --------------------------------------------------------------------- records


def receipt(fill: Any) -> bytes:
    content = {"number": "LIE-2026-1-001", "answers": fill}
    record = records.receipt_record("", content, "0" * 64)
    return json.dumps(record, ensure_ascii=False).encode()


RECORDS: dict[str, Make] = {
    "nested": lambda n: b"[" * n,
    "objects": lambda n: receipt([{"a": {}}] * (n // 10)),
    "names": lambda n: receipt({str(place): place for place in range(n // 10)}),
    "same_names": lambda n: b"{" + b'"a":1,' * (n // 6) + b'"a":1}',
    "digits": lambda n: b'{"form": ' + b"9" * n + b"}",
    "fraction": lambda n: b"[0." + b"1" * n + b"]",
    "escapes": lambda n: receipt('"\\\n' * (n // 6)),
    "halves": lambda n: b'["' + b"\\ud800" * (n // 6) + b'"]',
    "spaces": lambda n: b" " * n + b"x",
    "streams": lambda n: b"%PDF" + b"stream\n{" * (n // 8),
    "packed_streams": lambda n: b"%PDF" + (b"stream\n" + zlib.compress(b"{" * 99)) * (n // 25),
    "files": lambda n: b"%PDF" + b"/EmbeddedFile stream\n{" * (n // 22),
    "packed_files": lambda n: b"%PDF" + (b"/EmbeddedFile stream\n" + _packed(n)) * 20,
    "endless_file": lambda n: b"%PDF/EmbeddedFile stream\n" + zlib.compress(b" " * n * 100)[:-9],
}


def _packed(size: int) -> bytes:
    return zlib.compress(b"{" + hashlib.sha256(b"").digest() * (size // 32), level=0)


@pytest.mark.parametrize("name", RECORDS)
def test_every_file_that_is_checked_is_read_in_proportion(name: str) -> None:
    def verify(data: bytes) -> None:
        found = records.record_in(data)
        if isinstance(found, records.Receipt):
            verification.seal_of(found.content)
            differences(dict(found.content), {"number": "", "answers": {}})

    check(verify, RECORDS[name], LARGER)


def test_a_register_is_proved_in_proportion_to_its_lines() -> None:
    def leaves(size: int) -> list[bytes]:
        return [b"%d" % place for place in range(size)]

    check(inclusion_proofs, leaves)
    lines = [records.RegisterLine(f"A-{place}", "0" * 64) for place in range(5000)]
    assert root_of(lines) == root_of(reversed(lines))
