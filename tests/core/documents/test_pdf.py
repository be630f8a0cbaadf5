"""Every document is set in both languages, says what it was given, and is never markup."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import lazy_gettext as _l
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.db import Words
from portal.core.documents.pdf import TEMPLATES, drawable, render_pdf
from portal.core.documents.shapes import Answer, Passage, Section, Sheet, Table
from tests.core.documents.samples import APPLICATION, LETTER, MINUTES, NASTY, RECEIPT, SEAL, SHEETS


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def run(command: str, pdf: bytes, *options: str) -> str:
    done = subprocess.run([command, *options, "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def words(sheet: Sheet, language: str = "lv") -> str:
    """The text of the document, as a reader copies it, in one line."""
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=render_pdf(sheet, language=language),
        capture_output=True,
        check=True,
    ).stdout.decode()
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.template)
def test_each_is_titled_tagged_and_fit_for_the_archive(sheet: Sheet, language: str) -> None:
    made = render_pdf(sheet, language=language)
    facts = run("pdfinfo", made)
    assert str(sheet.title) in facts
    assert "Tagged:          yes" in facts
    assert "A4" in facts
    metadata = run("pdfinfo", made, "-meta")
    assert "<pdfuaid:part>1<" in metadata
    assert f"<pdfaid:part>{sheet.archive[2]}<" in metadata
    assert f"<rdf:li>{language}" in metadata


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.template)
def test_the_same_document_is_the_same_bytes(sheet: Sheet) -> None:
    assert render_pdf(sheet, language="lv") == render_pdf(sheet, language="lv")


def test_the_receipt_says_what_a_person_looks_for() -> None:
    text = words(RECEIPT)
    assert "Iesnieguma numurs LIE-2020-1-007" in text
    assert "Saņemts 14.04.2020. 16.59.41" in text
    assert "Biedrība „Vēja spārni”" in text
    assert "9f86 d081 884c 7d65" in text
    assert "1. lapa no 1" in text
    english = words(RECEIPT, "en")
    assert "Received 14 Apr 2020 16:59:41" in english and "Page 1 of 1" in english


def test_the_application_has_everything() -> None:
    text = words(APPLICATION)
    for part in ("1. Būtība", "5.–9. klase", "Nav atbildes", "Kopā 48", "4 600 €", "1,2 MB", SEAL):
        assert part in text
    assert "Melnraksts" in words(replace(APPLICATION, submitted_at=None, number="", seal=""))


def test_the_letter_says_what_to_do() -> None:
    text = words(LETTER)
    assert "2020. gada 20. maijā" in text and "Nr. LIE-2020-1/L-03" in text
    assert "Parakstiet līgumu." in text
    assert "Parakstīts portālā, bez pašrocīga paraksta." in text
    assert "(paraksts)" in words(replace(LETTER, signed_in_portal=False))
    assert "Priekšskatījums" in words(replace(LETTER, preview=True))


def test_the_minutes_can_be_signed() -> None:
    text = words(MINUTES)
    assert "Balsstiesīgo locekļu skaits – 2, piedalās 1. Kvoruma nav" in text
    assert "Līga Krūmiņa" in text and "darba attiecības" in text
    assert "42,70" in text and "Atbalstāmie projekti: 1 × 4 600 €" in text
    assert "Par – 1, pret – 0, atturas – 0." in text
    assert "(paraksts) Jānis Ozols" in text or "Priekšsēdētājs" in text
    assert "K1 Mērķis (5, vismaz 3)" in text and "K2 Plāns (7,5)" in text


@pytest.mark.parametrize("sheet", [APPLICATION, LETTER, MINUTES], ids=lambda one: one.template)
def test_nothing_typed_is_markup(sheet: Sheet) -> None:
    assert "".join(NASTY.split()) in "".join(words(sheet).split())


def test_lazy_texts_are_in_the_language_of_the_document() -> None:
    sheet = replace(RECEIPT, channel=_l("Applicant"), competition=Words("Konkurss", "Call"))
    assert "Iesniedzējs Saņem" not in words(sheet)
    assert "Konkurss" in words(sheet) and "veids Iesniedzējs" in words(sheet)
    assert "Call" in words(sheet, "en") and "came Applicant" in words(sheet, "en")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=200), min_size=1, max_size=20))
def test_whatever_is_typed_can_be_set(typed: list[str]) -> None:
    answers = [Answer(text, text, choices=(text,)) for text in typed]
    answers.append(Answer("", table=Table(tuple(typed), (tuple(typed),))))
    sheet = replace(APPLICATION, title=typed[0], sections=(Section(typed[0], tuple(answers)),))
    assert render_pdf(sheet, language="lv").startswith(b"%PDF")
    passages = tuple(Passage(text, text, (text,)) for text in typed)
    letter = replace(LETTER, recipient=tuple(typed), passages=passages)
    assert render_pdf(letter, language="lv").startswith(b"%PDF")


def test_every_sign_that_our_fonts_are_said_to_have_is_there() -> None:
    ranges = (TEMPLATES / "fonts" / "coverage.txt").read_text().split()
    bounds = [[int(end, 16) for end in one.split("-")] for one in ranges]
    signs = "".join(chr(code) for first, last in bounds for code in range(first, last + 1))
    assert {*"āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ„”–—…€№ŗōłßЖя□"} <= {*signs}
    answers = (Answer(signs, signs), Answer("", ""))  # semibold, regular and italic
    sheet = replace(APPLICATION, sections=(Section(signs, answers),))
    assert render_pdf(sheet, language="lv")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Sveiki 😀!", "Sveiki □!"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a b"),
        ("x\x00\x01\u202ey", "xy"),
        ("a\u0304", "ā"),
        ("\ud800", ""),
        ("👩\u200d🔬\ufe0f", "□□"),
    ],
)
def test_what_cannot_be_drawn_is_shown_as_such(typed: str, shown: str) -> None:
    assert drawable(typed) == shown


def test_a_word_without_end_breaks() -> None:
    assert "\u200b" in drawable("a" * 100)
    assert "\u200b" not in drawable("priekšlaicīgas mācību pārtraukšanas")


def test_an_annex_of_a_hundred_thousand_letters_is_set() -> None:
    sheet = replace(APPLICATION, sections=(Section("A", (Answer("B", "a" * 100_000),)),))
    assert render_pdf(sheet, language="lv")
