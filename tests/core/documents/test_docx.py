"""The minutes can be edited: real headings and tables, in Latvian."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.oxml.ns import qn
from flask import Flask

from portal.core.documents.docx import minutes_docx
from portal.core.documents.kinds import Kind
from portal.core.documents.programs.examine import tell
from portal.core.documents.shapes import Minutes, Passage
from tests.core.documents.samples import MINUTES


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def opened(minutes: Minutes = MINUTES) -> Docx:
    return Document(io.BytesIO(minutes_docx(minutes)))


def test_it_is_a_word_document_in_latvian() -> None:
    assert tell(io.BytesIO(minutes_docx(MINUTES)))[0] == Kind.DOCX
    document = opened()
    languages = list(document.styles.element.iter(qn("w:lang")))
    assert {language.get(qn("w:val")) for language in languages} == {"lv-LV"}
    assert document.core_properties.title == MINUTES.title
    assert document.core_properties.author == MINUTES.issuer


def test_headings_are_headings() -> None:
    headings = [
        (paragraph.style.name, paragraph.text)
        for paragraph in opened().paragraphs
        if paragraph.style and paragraph.style.name and paragraph.style.name.startswith("Heading")
    ]
    assert headings[0] == ("Heading 1", "Vērtēšanas komisijas sēdes protokols")
    assert ("Heading 2", "1. Klātbūtne un kvorums") in headings
    assert ("Heading 2", "7. Nolemts") in headings
    assert headings[-1] == ("Heading 2", "Pielikums. Kritēriju vidējie punkti")


def test_tables_are_tables_whose_header_repeats() -> None:
    tables = opened().tables
    ranking = next(table for table in tables if table.cell(0, 0).text == "Vieta")
    assert [cell.text for cell in ranking.rows[1].cells][1::2] == ["LIE-2020-1-001", "42,70"]
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in tables)


def test_a_part_with_nothing_to_say_is_not_there() -> None:
    text = "\n".join(p.text for p in opened(replace(MINUTES, votes=(), agenda=())).paragraphs)
    assert "Balsojumi" not in text and "2. Interešu konflikti" in text


def test_control_characters_do_no_harm() -> None:
    document = opened(replace(MINUTES, discussion=(Passage("a\x00b\x0b\ud800", "c\x1b<w:p/>"),)))
    assert "c<w:p/>" in [paragraph.text for paragraph in document.paragraphs]
