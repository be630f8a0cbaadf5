"""Refusals of files name the file, the limit and what to do."""

import io
import re
from pathlib import Path

import pytest

from portal.core.documents.intake import USUAL, Limits, check, clean_name
from portal.core.documents.kinds import Kind
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE, NBSP, filesize
from tests.core.documents.samples import FILES, PDF

pytestmark = pytest.mark.usefixtures("ctx")


def refused(name: str, content: bytes, limits: Limits = USUAL) -> Invalid:
    with pytest.raises(Invalid) as caught:
        check(name, io.BytesIO(content), limits, "statement")
    assert caught.value.field == "statement"
    assert name in str(caught.value.message)
    return caught.value


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_comes_in_under_each_of_its_names(kind: Kind) -> None:
    for extension in kind.extensions:
        assert check(f"Tāme.{extension.upper()}", io.BytesIO(FILES[kind]), USUAL) is kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("programma.exe", b"MZ" + bytes(100), "file_kind"),
        ("bez paplašinājuma", PDF, "file_kind"),
        ("pdf", PDF, "file_kind"),
        ("arhīvs.zip", PDF, "file_kind"),
        ("programma.pdf", b"MZ" + bytes(100), "file_mismatch"),
        ("lapa.pdf", b"<html><script>alert(1)</script>", "file_mismatch"),
        ("tabula.docx", FILES[Kind.XLSX], "file_mismatch"),
        ("attēls.jpg", FILES[Kind.PNG], "file_mismatch"),
        ("pusfails.docx", FILES[Kind.DOCX][:900], "file_suspicious"),
        ("tukšs.pdf", b"", "file_empty"),
    ],
)
def test_what_does_not_come_in(name: str, content: bytes, code: str) -> None:
    assert refused(name, content).code == code


def test_a_kind_that_a_question_does_not_take() -> None:
    refusal = refused("tāme.xlsx", FILES[Kind.XLSX], Limits(allowed={Kind.PDF, Kind.ASICE}))
    assert refusal.code == "file_kind"
    assert "pdf, asice, edoc" in str(refusal.message)


def test_a_file_one_byte_too_large_reads_as_larger_than_the_limit() -> None:
    content = PDF.ljust(25 * MEGABYTE + 1, b" ")
    refusal = refused("liels.pdf", content)
    assert refusal.code == "file_too_large"
    for size in (25 * MEGABYTE, 25 * MEGABYTE + 1):
        assert filesize(size) in str(refusal.message)
    assert check("liels.pdf", io.BytesIO(content[:-1]), USUAL) is Kind.PDF


def test_files_that_are_too_much_together() -> None:
    refusal = refused("vēl.pdf", PDF, Limits(beside=100 * MEGABYTE))
    assert refusal.code == "files_too_large"
    for size in (100 * MEGABYTE, 100 * MEGABYTE + 1):
        assert filesize(size) in str(refusal.message)


def test_no_file_at_all() -> None:
    with pytest.raises(Invalid) as caught:
        check("", io.BytesIO(), USUAL)
    assert caught.value.code == "file_missing"


def test_the_limits_that_pages_name_are_those_that_hold() -> None:
    catalogue = Path("portal/translations/lv/LC_MESSAGES/messages.po").read_text("utf-8")
    named = set(re.findall(r"up to (\d+ MB)", catalogue))
    held = {filesize(size) for size in (USUAL.largest, USUAL.together)}
    assert {size.replace(" ", NBSP) for size in named} == held


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Заявка.pdf", "Заявка.pdf"),
        ("Šķēres āžiem.pdf", "Šķēres āžiem.pdf"),
        ("C:\\fakepath\\tāme.xlsx", "tāme.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("x\r\nSet-Cookie: a=b.pdf", "x Set-Cookie: a=b.pdf"),
        ("a\0b.pdf", "a b.pdf"),
        ("ziņojums\u202efdp.exe", "ziņojums fdp.exe"),
        ("a\u0304.pdf", "ā.pdf"),
        ("\ud800.pdf", ".pdf"),
        ("  ", ""),
    ],
)
def test_names_are_kept_as_people_read_them(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_megabyte_of_name_is_cut_and_keeps_its_extension() -> None:
    cut = clean_name("ā" * 1_000_000 + ".pdf")
    assert len(cut) == 255 and cut.endswith("ā.pdf")
    assert len(clean_name("ā" * 300)) == 255
