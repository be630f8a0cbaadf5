"""A file is what its bytes say, whatever it is called."""

import io
import tracemalloc
import zipfile

import pytest

from portal.core.documents.kinds import HEAD, Kind, Protected, Suspicious, sniff
from tests.core.documents.samples import FILES, PDF, ole, zipped


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_told_by_its_content(kind: Kind) -> None:
    assert sniff(io.BytesIO(FILES[kind])) is kind


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
        zipped("[Content_Types].xml", "ppt/presentation.xml"),
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        zipped("content.xml", mimetype="application/vnd.oasis.opendocument.presentation"),
        ole("Some installer"),
    ],
)
def test_what_is_none_of_ours_is_nothing(content: bytes) -> None:
    assert sniff(io.BytesIO(content)) is None


def test_an_e_document_need_not_declare_its_type() -> None:
    assert sniff(io.BytesIO(zipped("META-INF/signatures0.xml", "a.pdf"))) is Kind.ASICE


def test_a_document_behind_a_password_is_said_to_be_one() -> None:
    with pytest.raises(Protected):
        sniff(io.BytesIO(ole("EncryptedPackage")))


@pytest.mark.parametrize(
    "content",
    [
        FILES[Kind.DOCX][: len(FILES[Kind.DOCX]) // 2],
        FILES[Kind.DOCX][:HEAD],
        FILES[Kind.DOC][:700],
        b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + b"\xff" * 18,
        b"PK\x03\x04" + bytes(100) + b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(18),
        ole("WordDocument", streams=6000),
    ],
)
def test_what_is_broken_is_refused(content: bytes) -> None:
    with pytest.raises(Suspicious):
        sniff(io.BytesIO(content))


@pytest.mark.parametrize("claimed", [100, 30])  # in MB: two gigabytes, 600 MB
def test_a_zip_bomb_is_refused_without_being_unpacked(claimed: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"word/{number}.xml", bytes(2 * 1024 * 1024))
            archive.filelist[-1].file_size = claimed * 1024 * 1024  # what the list of contents says
    tracemalloc.start()
    with pytest.raises(Suspicious):
        sniff(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1024 * 1024


def test_a_list_of_contents_that_would_fill_the_memory_is_not_read() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(6000):
            archive.writestr(f"{number:0100}", b"")
    with pytest.raises(Suspicious):
        sniff(made)


def test_a_mimetype_that_unpacks_to_much_is_not_believed() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert sniff(made) is None


def test_the_stream_stands_at_its_beginning_afterwards() -> None:
    stream = io.BytesIO(PDF)
    sniff(stream)
    assert stream.read() == PDF
