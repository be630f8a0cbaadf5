"""A paper of every block, and what is read of one."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from portal.core.db import Words
from portal.core.papers.blocks import (
    Addressee,
    Attachment,
    Block,
    Cell,
    Column,
    Cut,
    Fact,
    Facts,
    Heading,
    Issuer,
    Notice,
    Paper,
    Passage,
    Seal,
    Signatory,
    Signatures,
    Table,
)
from portal.core.papers.rendering import render_docx, render_pdf

SEAL = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TABLE = Table(
    [Column("Vieta", "figure"), Column("Iesniegums", "code"), Column("Projekts")],
    [
        ["1.", "LIE-2020-1-001", Cell("Jūras radio", title="Vēja spārni", remark="šaurs")],
        ["2.", "LIE-2020-1-002", "Tilts"],
    ],
    total=["", "Kopā", "2"],
    cut=Cut(1, "Finansējuma robeža"),
)
BLOCKS: tuple[Block, ...] = (
    Heading("Pirmā daļa"),
    Heading("Apakšdaļa", 3),
    Facts([Fact("Summa", "4 600 €"), Fact(Words("Vieta", "Place"), "Liepāja")]),
    Passage("Pirmā rindkopa.\n\nOtrā rindkopa.", ["viens", "divi"]),
    Passage(items=["trīs"], numbered=True, style="quiet"),
    Notice("Projekts: neparaksta.", kind="warning"),
    Notice(facts=[Fact("Saņemts", "14.04.2020.")], kind="good"),
    TABLE,
    Signatures(
        [Signatory("priekšsēdētājs", "Jānis Ozols")],
        closing=["Sēde slēgta."],
        pages="Lapu skaits: %(pages)s.",
    ),
    Signatures([Signatory("vadītāja", "Anna Liepa")], by_hand=False, remark="Bez paraksta."),
    Seal(SEAL, "Zīmogu pārbauda portālā."),
)
PAPER = Paper(
    title="Protokols",
    number="LIE-2020-1/P-2",
    issuer=Issuer("Piemēra Izglītības pārvalde", "parvalde@example.lv"),
    at=datetime(2020, 4, 14, 13, 59, 41, tzinfo=UTC),
    above="Jauniešu konkurss",
    opening=[Addressee(["2020. gada 20. maijā", "Nr. 3"], ["Biedrība", "Jūras iela 1"])],
    blocks=BLOCKS,
    annex=[Heading("Pielikums"), TABLE],
    language="lv",
)
WITH_A_FILE = replace(PAPER, attachment=Attachment("a.json", "{}", "application/json", "Dati"))


def texts(value: Any) -> Iterator[str]:
    """All that a paper, or a part of one, says, as it was given."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value) and not isinstance(value, Words):
        for one in fields(value):
            yield from texts(getattr(value, one.name))
    elif value is not None and not isinstance(value, int | datetime | bytes):
        yield str(value)


def in_pdf(paper: Paper) -> str:
    """The text of the PDF as a reader copies it, in one line."""
    return read(render_pdf(paper), "-layout")


def read(pdf: bytes, *options: str) -> str:
    done = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def in_word(paper: Paper) -> str:
    """The text of the document for Word, with its head, in one line."""
    document = Document(io.BytesIO(render_docx(paper)))
    parts = [document.element.body, document.sections[0].header._element]
    found = [text.text or "" for part in parts for text in part.iter(qn("w:t"))]
    return " ".join(" ".join(found).split())
