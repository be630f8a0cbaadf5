"""A file is what its bytes say, whatever it is called, and as its programs write it."""

import io
import zipfile
from typing import Any

import pikepdf
import pytest
from PIL import Image

from bench.flood import swollen
from portal.core.documents.file_kinds import FileKind, Flaw
from portal.core.documents.programs import examine
from portal.core.documents.programs.examine import OFFICE, Flawed, tell
from tests.core.documents.samples import (
    FILES,
    HEIC,
    LOCKED,
    WORD_ONLINE,
    content_types,
    ole,
    picture,
    zipped,
)


def flaw(content: bytes) -> str:
    with pytest.raises(Flawed) as caught:
        tell(io.BytesIO(content))
    return caught.value.flaw


@pytest.mark.parametrize("kind", FileKind)
def test_each_kind_is_told_by_its_content(kind: FileKind) -> None:
    assert tell(io.BytesIO(FILES[kind]))[0] == kind


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + bytes(400),  # a Windows program
        b"\x7fELF" + bytes(400),
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"just words",
        b"GIF89a" + bytes(40),
        zipped("readme.txt"),
        zipped("word/document.xml", types=content_types(f"{OFFICE}.presentationml")),
        zipped("word/document.xml", types=content_types("application/vnd.ms-word.macroEnabled")),
        zipped("word/document.xml", "word/vbaProject.bin", types=content_types()),
        zipped("word/other.xml", types=content_types()),  # its main part is not there
        zipped("content.xml", mimetype="application/vnd.oasis.opendocument.presentation"),
        ole("Some installer"),
    ],
)
def test_what_is_none_of_ours_is_nothing(content: bytes) -> None:
    assert tell(io.BytesIO(content)) == (None, None)


def test_an_office_document_is_told_by_its_main_part_wherever_it_stands() -> None:
    assert tell(io.BytesIO(WORD_ONLINE))[0] == FileKind.DOCX
    by_extension = (
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        f"<Default Extension='xml' ContentType='{OFFICE}.spreadsheetml.sheet.main+xml'/></Types>"
    )
    assert tell(io.BytesIO(zipped("xl/book.xml", types=by_extension)))[0] == FileKind.XLSX


def test_an_e_document_need_not_declare_its_type() -> None:
    assert tell(io.BytesIO(zipped("META-INF/signatures0.xml", "a.pdf")))[0] == FileKind.ASICE


@pytest.mark.parametrize("name", LOCKED)
def test_what_opens_with_a_password_only_is_said_to_be_locked(name: str) -> None:
    assert flaw(LOCKED[name]) == Flaw.LOCKED


def test_a_pdf_that_an_owner_has_restricted_opens_for_everybody() -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(FILES[FileKind.PDF])) as document:
        document.save(made, encryption=pikepdf.Encryption(owner="x", user=""))
    assert tell(made)[0] == FileKind.PDF


def packed_in(filters: bytes) -> bytes:
    """A PDF with a page whose content is packed so."""
    return FILES[FileKind.PDF].replace(b"/Filter /FlateDecode", b"/Filter[%s]" % filters)


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><Types>&b;</Types>"


@pytest.mark.parametrize(
    "content",
    [
        FILES[FileKind.DOCX][: len(FILES[FileKind.DOCX]) // 2],
        FILES[FileKind.DOCX][:1024],
        FILES[FileKind.DOC][:700],
        b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + b"\xff" * 18,
        zipped("word/document.xml", types=BOMB.decode()),
        zipped("word/document.xml", types=content_types() + " " * examine.LONGEST_XML),
        zipped("word/document.xml", types="<Types>"),
        zipped("a", mimetype="application/vnd.oasis.opendocument.text", method=zipfile.ZIP_LZMA),
        b"%PDF-1.7\n<html>Not found</html>",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0"
        b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        packed_in(b"/FlateDecode/Fl#61teDecode"),
        swollen(70_000_000, times=1),
        b"\xff\xd8\xff\xe0 no picture",
        b"\x89PNG\r\n\x1a\n no picture",
    ],
)
def test_what_is_broken_is_refused(content: bytes) -> None:
    assert flaw(content) == Flaw.BROKEN


def test_a_picture_that_is_packed_once_more_is_taken() -> None:
    assert tell(io.BytesIO(packed_in(b"/FlateDecode/DCTDecode")))[0] == FileKind.PDF


@pytest.mark.parametrize("kind", [FileKind.PDF, FileKind.JPG, FileKind.PNG])
def test_what_is_cut_off_at_its_end_is_told(kind: FileKind) -> None:
    content = FILES[kind]
    for length in (len(content) * 2 // 3, len(content) - 20):
        with pytest.raises(Flawed) as caught:
            tell(io.BytesIO(content[:length]))
        assert (caught.value.kind, caught.value.flaw) == (kind, Flaw.CUT_OFF), length


@pytest.mark.parametrize("claimed", [100, 30])  # in MB: two gigabytes, 600 MB
def test_a_zip_bomb_is_refused_without_being_unpacked(claimed: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"word/{number}.xml", bytes(2 * 1024 * 1024))
            archive.filelist[-1].file_size = claimed * 1024 * 1024  # what the list of contents says
    assert flaw(made.getvalue()) == Flaw.BROKEN


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_of_a_billion_points_is_refused_before_it_is_drawn(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "MOST_PIXELS", 40 * 30 - 1)
    assert flaw(picture(form, (40, 30))) == Flaw.BROKEN


# --------------------------------------------------------- pictures of an iPhone


def turned(content: bytes) -> Any:
    """The picture that is kept."""
    answer = io.BytesIO()
    examine.examine(io.BytesIO(content), answer)
    answer.seek(0)
    assert b'"kind": "jpg", "flaw": null' in answer.readline()
    return Image.open(io.BytesIO(answer.read()))


def test_an_iphones_picture_becomes_a_jpeg_that_stands_upright_and_tells_no_place() -> None:
    assert b"Apple" in HEIC, "the sample says by what it was taken, and where"
    kept = turned(HEIC)
    assert kept.format == "JPEG" and kept.size == (32, 64), "it was taken lying on its side"
    red, green, blue = kept.getpixel((29, 2))
    assert red > 200 and green < 60 and blue < 60
    assert not dict(kept.getexif()) and "xmp" not in kept.info


@pytest.mark.parametrize("content", [HEIC[:-200], HEIC[:40], HEIC[:40] + bytes(2000)])
def test_what_only_begins_as_an_iphones_picture_is_none(content: bytes) -> None:
    assert flaw(content) == Flaw.NO_PICTURE
