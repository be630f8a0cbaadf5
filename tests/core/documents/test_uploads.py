"""Refusals of files name the file, the limit and what to do."""

import io
import re
from pathlib import Path

import pytest

from portal.core.documents import programs
from portal.core.documents.file_kinds import FileKind
from portal.core.documents.labels import file_limits
from portal.core.documents.models import Remark
from portal.core.documents.uploads import Accepted, Limits, checked, clean_name
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE, filesize
from tests.core.documents.samples import FILES, HEIC, LOCKED, PDF

pytestmark = pytest.mark.usefixtures("ctx")


def taken(name: str, content: bytes) -> Accepted:
    with checked(name, io.BytesIO(content), Limits()) as accepted:
        return accepted


def refused(name: str, content: bytes, limits: Limits | None = None) -> Invalid:
    given = io.BytesIO(content)
    with pytest.raises(Invalid) as caught, checked(name, given, limits or Limits(), "statement"):
        pass
    assert caught.value.field == "statement"
    assert name in str(caught.value.message)
    return caught.value


@pytest.mark.parametrize("kind", FileKind)
def test_each_kind_comes_in_under_each_of_its_names(kind: FileKind) -> None:
    for extension in kind.extensions:
        accepted = taken(f"Tāme.{extension.upper()}", FILES[kind])
        assert accepted.kind is kind and accepted.remark is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("programma.exe", b"MZ" + bytes(100), "file_kind"),
        ("bez paplašinājuma", PDF, "file_kind"),
        ("pdf", PDF, "file_kind"),
        ("arhīvs.zip", PDF, "file_kind"),
        ("programma.pdf", b"MZ" + bytes(100), "file_mismatch"),
        ("lapa.pdf", b"<html><script>alert(1)</script>", "file_mismatch"),
        ("tabula.docx", FILES[FileKind.XLSX], "file_mismatch"),
        ("attēls.jpg", FILES[FileKind.PNG], "file_mismatch"),
        ("pusfails.docx", FILES[FileKind.DOCX][:900], "file_suspicious"),
        ("tukšs.pdf", b"", "file_empty"),
    ],
)
def test_what_does_not_come_in(name: str, content: bytes, code: str) -> None:
    assert refused(name, content).code == code


def test_a_kind_that_a_question_does_not_take() -> None:
    refusal = refused(
        "tāme.xlsx", FILES[FileKind.XLSX], Limits(allowed={FileKind.PDF, FileKind.ASICE})
    )
    assert refusal.code == "file_kind"
    assert "pdf, asice, edoc" in str(refusal.message)


def test_a_file_one_byte_too_large_reads_as_larger_than_the_limit() -> None:
    content = PDF.ljust(25 * MEGABYTE + 1, b" ")
    refusal = refused("liels.pdf", content)
    assert refusal.code == "file_too_large"
    for size in (25 * MEGABYTE, 25 * MEGABYTE + 1):
        assert filesize(size) in str(refusal.message)
    assert taken("liels.pdf", content[:-1]).kind is FileKind.PDF


def test_files_that_are_too_much_together() -> None:
    refusal = refused("vēl.pdf", PDF, Limits(beside=100 * MEGABYTE))
    assert refusal.code == "files_too_large"
    for size in (100 * MEGABYTE, 100 * MEGABYTE + 1):
        assert filesize(size) in str(refusal.message)


def test_no_file_at_all() -> None:
    with pytest.raises(Invalid) as caught, checked("", io.BytesIO(), Limits()):
        pass
    assert caught.value.code == "file_missing"


@pytest.mark.parametrize("name", LOCKED)
def test_what_opens_with_a_password_only_is_refused_with_the_reason(name: str) -> None:
    refusal = refused(name, LOCKED[name])
    assert refusal.code == "file_protected" and "parole" in str(refusal.message)


def test_what_is_cut_off_at_its_end_is_taken_with_a_remark() -> None:
    for kind in (FileKind.PDF, FileKind.JPG, FileKind.PNG):
        accepted = taken(f"Tāme.{kind}", FILES[kind][:-20])
        assert accepted.remark is Remark.CUT_OFF, kind
    assert refused("Tāme.jpg", FILES[FileKind.PDF][:-20]).code == "file_mismatch"


def test_a_picture_of_an_iphone_is_kept_as_one_that_all_can_open() -> None:
    for name in ("IMG_1.HEIC", "IMG_1.jpg", "IMG_1.heif"):
        with checked(name, io.BytesIO(HEIC), Limits()) as accepted:
            assert (accepted.name, accepted.kind) == ("IMG_1.jpg", FileKind.JPG)
            assert accepted.stream.read(3) == b"\xff\xd8\xff"
    refusal = refused("IMG_2.HEIC", HEIC[:40] + bytes(400))
    assert refusal.code == "file_no_picture" and "iPhone" in str(refusal.message)


def test_a_file_that_takes_more_than_it_is_given_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for limit in ("MEMORY", "PICTURE_MEMORY"):
        monkeypatch.setattr(programs, limit, 30 * MEGABYTE)
    assert refused("IMG_1.HEIC", HEIC).code == "file_suspicious"
    assert "could not be examined" in caplog.text


def test_the_limits_that_pages_name_are_those_that_hold() -> None:
    said = file_limits()
    for size in (Limits().largest, Limits().together):
        assert filesize(size) in said
    documents = Limits(allowed={FileKind.PDF, FileKind.DOCX, FileKind.ASICE}, largest=2 * MEGABYTE)
    assert file_limits(documents, alone=True) == (
        f"PDF, Word vai parakstīts e-dokuments, līdz {filesize(2 * MEGABYTE)}."
    )
    catalogue = Path("portal/translations/lv/LC_MESSAGES/messages.po").read_text("utf-8")
    assert not re.findall(r"up to \d+ MB", catalogue), "said by file_limits alone"


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
        ("Pielikums_ŠĶŪŅĢ 🌱 (galīgā versija).docx",) * 2,
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
