"""Tiny real files of every kind."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import docx
import pikepdf
from PIL import Image

from portal.core.documents.file_kinds import FileKind
from portal.core.documents.programs.examine import OFFICE

# ---------------------------------------------------------------------------- files


def pdf(**saved: Any) -> bytes:
    """One empty page."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(made, **saved)
    return made.getvalue()


def picture(form: str, size: tuple[int, int] = (64, 64)) -> bytes:
    made = io.BytesIO()
    Image.effect_noise(size, 50).save(made, form)
    return made.getvalue()


PDF = pdf(deterministic_id=True)
# 32 by 64 points, red in the upper right corner; its data lie on their side. See data/README.md.
HEIC = (Path(__file__).parents[2] / "data" / "phone.heic").read_bytes()


def zipped(
    *names: str,
    mimetype: str = "",
    types: str = "",
    content: bytes = b"<x/>",
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A ZIP with these entries. `mimetype` stands first, as ODF and ASiC ask; `types` is the list
    of an Office document.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        if types:
            archive.writestr("[Content_Types].xml", types)
        for name in names:
            archive.writestr(name, content)
    return made.getvalue()


def content_types(
    main: str = f"{OFFICE}.wordprocessingml.document", part: str = "word/document.xml"
) -> str:
    """The list of an Office document with such a main part."""
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}.main+xml"/></Types>'
    )


def word() -> bytes:
    made = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Sveiki!")
    document.save(made)
    return made.getvalue()


def ole(stream: str, streams: int = 1, data: bytes = b"") -> bytes:
    """A compound file ([MS-CFB]) with streams of that name: FAT, directory, then 4 kB of data."""
    free, end, table, none = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    directory = -(-(streams + 1) // 4)  # sectors of 512 bytes, four entries each
    tables = -(-(directory + 10) // 127)
    place = range(tables + directory, tables + directory + 8)
    fat = [table] * tables
    fat += [sector + 1 for sector in range(tables, place[0] - 1)] + [end]
    fat += [sector + 1 for sector in place[:-1]] + [end]
    fat += [free] * (128 * tables - len(fat))

    def entry(name: str, kind: int, *, right: int = none, child: int = none) -> bytes:
        letters = name.encode("utf-16-le")
        return (
            letters.ljust(64, b"\0")
            + struct.pack("<HBB3I", len(letters) + 2, kind, 1, none, right, child)
            + bytes(36)
            + struct.pack("<IQ", place[0] if kind == 2 else end, 4096 if kind == 2 else 0)
        )

    entries = [entry("Root Entry", 5, child=1)]
    for number in range(1, streams + 1):
        name = stream if number == 1 else f"{stream}{number}"
        entries.append(entry(name, 2, right=number + 1 if number < streams else none))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, tables, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", *range(tables), *[free] * (109 - tables))
    return (
        head
        + struct.pack(f"<{128 * tables}I", *fat)
        + b"".join(entries).ljust(directory * 512, b"\0")
        + data.ljust(4096, b"\0")
    )


FILES: dict[FileKind, bytes] = {
    FileKind.PDF: PDF,
    FileKind.DOC: ole("WordDocument"),
    FileKind.DOCX: word(),
    FileKind.ODT: zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    FileKind.XLS: ole("Workbook"),
    FileKind.XLSX: zipped(
        "xl/workbook.xml", types=content_types(f"{OFFICE}.spreadsheetml.sheet", "xl/workbook.xml")
    ),
    FileKind.ODS: zipped("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    FileKind.JPG: picture("JPEG"),
    FileKind.PNG: picture("PNG"),
    FileKind.ASICE: zipped(
        "META-INF/signatures0.xml", "iesniegums.pdf", mimetype="application/vnd.etsi.asic-e+zip"
    ),
}
ENCRYPTED = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml">'
    "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
)
WORD_ONLINE = zipped("word/document2.xml", types=content_types(part="word/document2.xml"))
# What opens with a password only, as its programs write it.
LOCKED = {
    "līgums.pdf": pdf(encryption=pikepdf.Encryption(owner="parole", user="parole")),
    "plāns.docx": ole("EncryptedPackage"),
    "plāns.doc": ole("WordDocument", data=struct.pack("<10xH", 0x0100)),
    "tāme.xls": ole("Workbook", data=struct.pack("<HH2xHH", 0x0809, 2, 0x002F, 0)),
    "tāme.ods": zipped(
        "META-INF/manifest.xml",
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content=ENCRYPTED.encode(),
    ),
}
