"""What a file is, by its content. Names lie; a renamed program is refused, whatever it is called.

puremagic tells the families apart by their first bytes. Two families are containers: a ZIP (docx,
odt, e-documents) is told by its list of contents, an OLE2 file (doc, xls) by its streams. Nothing
is unpacked but a `mimetype` entry of at most a hundred bytes, and no long list is read.
"""

import io
import struct
import zipfile
from enum import StrEnum
from typing import IO, Any

import olefile
import puremagic

HEAD = 4096  # bytes that tell the family
LONGEST_LIST = 512 * 1024  # bytes of a ZIP's list of contents: some five thousand entries
MOST_STREAMS = 5000  # entries of an OLE2 directory
SECTORS = (512, 4096)  # bytes, of an OLE2 file (MS-CFB 2.2)
UNPACKED = 1024 * 1024 * 1024  # bytes that a ZIP may claim to unpack to
SWOLLEN = 100  # times its own size, for what claims to unpack to more than ROOMY
ROOMY = 100 * 1024 * 1024


class Kind(StrEnum):
    """The kinds of file that people may attach; the code is the extension that we write."""

    PDF = "pdf"
    DOC = "doc"
    DOCX = "docx"
    ODT = "odt"
    XLS = "xls"
    XLSX = "xlsx"
    ODS = "ods"
    JPG = "jpg"
    PNG = "png"
    ASICE = "asice"  # a signed e-document; Latvian programs call it edoc

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]

    @property
    def extensions(self) -> tuple[str, ...]:
        """The extensions under which it may come, its own first."""
        return (self.value, *OTHER_NAMES.get(self, ()))


ATTACHMENTS = frozenset(Kind)
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOC: "application/msword",
    Kind.DOCX: f"{OFFICE}.wordprocessingml.document",
    Kind.ODT: f"{OPEN_DOCUMENT}.text",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    Kind.ODS: f"{OPEN_DOCUMENT}.spreadsheet",
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.ASICE: "application/vnd.etsi.asic-e+zip",
}
OTHER_NAMES = {Kind.JPG: ("jpeg",), Kind.ASICE: ("edoc", "sce")}


class Suspicious(Exception):
    """A container that is broken, or made to harm whoever opens it."""


class Protected(Exception):
    """A document that opens with a password only; nobody on the board could read it."""


def sniff(stream: IO[bytes]) -> Kind | None:
    """The kind of the file in a seekable stream, or None where it is none of ours.

    Raises Suspicious or Protected. The stream's position is its beginning afterwards.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    try:
        match _family(head):
            case ".docx":
                return _in_zip(stream)
            case ".doc":
                return _in_ole(stream)
            case family:
                return {".pdf": Kind.PDF, ".jpg": Kind.JPG, ".png": Kind.PNG}.get(family)
    finally:
        stream.seek(0)


def _family(head: bytes) -> str:
    try:
        found = {match.extension for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return ""
    return next((one for one in (".pdf", ".jpg", ".png", ".docx", ".doc") if one in found), "")


def _in_zip(stream: IO[bytes]) -> Kind | None:
    _check_list(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            _check_swelling(archive.infolist(), stream.seek(0, io.SEEK_END))
            declared = _mimetype(archive, entries.get("mimetype"))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise Suspicious("broken list of contents") from error
    for kind in (Kind.ODT, Kind.ODS, Kind.ASICE):
        if declared == kind.media_type:
            return kind
    return _by_entries(set(entries))


def _check_swelling(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what would fill the disk of whoever opens it; honest tables shrink to a thirtieth."""
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED or (unpacked > ROOMY and unpacked > SWOLLEN * size):
        raise Suspicious("unpacks to too much")


def _by_entries(names: set[str]) -> Kind | None:
    if any(name.endswith("vbaProject.bin") for name in names):
        return None  # a document with macros under another name
    if "[Content_Types].xml" in names:
        parts = {"word/document.xml": Kind.DOCX, "xl/workbook.xml": Kind.XLSX}
        return next((kind for part, kind in parts.items() if part in names), None)
    signed = any(n.startswith("META-INF/") and "signatures" in n.lower() for n in names)
    return Kind.ASICE if signed else None


def _mimetype(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> str:
    """The declared type: bounded, and only by the methods whose unpacking is bounded too."""
    if entry is None or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return ""
    if entry.file_size > 100 or entry.flag_bits & 1:
        return ""
    with archive.open(entry) as content:
        return content.read(100).decode("ascii", "replace").strip()


def _check_list(stream: IO[bytes]) -> None:
    """Refuse a list of contents that would fill the memory, before anything reads it.

    The end record stands in the last 64 kB (APPNOTE.TXT 4.3.16). ZIP64 is for more than 4 GB or
    65,535 entries: no honest document needs it, and it would overrule the length checked here.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 65_557 - 20))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise Suspicious("no end record")
    (length,) = struct.unpack_from("<I", tail, end + 12)
    if length > LONGEST_LIST or tail[max(0, end - 20) :].startswith(b"PK\x06\x07"):
        raise Suspicious("list of contents too long")


class _Bounded(olefile.OleFileIO):  # type: ignore[type-arg]  # generic in its stubs only
    """An OLE2 file whose directory may not be long: its entries become objects one by one.

    Nor may its table of sectors be longer than the file: it is put together piece by piece.
    """

    entries = 0
    sectorsize: int  # bytes
    nb_sect: int  # sectors that the file has
    num_fat_sectors: int  # sectors that its table says it takes
    num_difat_sectors: int  # those that only list where the table is

    def loadfat(self, header: bytes) -> None:
        """Read the table of sectors where its length fits the file."""
        if self.sectorsize not in SECTORS:
            raise Suspicious("sectors of a strange size")
        entries = self.num_fat_sectors * (self.sectorsize // 4)
        if self.num_difat_sectors and entries > 2 * self.nb_sect:
            raise Suspicious("table of sectors too long")
        super().loadfat(header)

    def _load_direntry(self, sid: int) -> Any:
        self.entries += 1
        if self.entries > MOST_STREAMS:
            raise Suspicious("directory too long")
        return super()._load_direntry(sid)


def _in_ole(stream: IO[bytes]) -> Kind | None:
    try:
        with _Bounded(stream) as ole:
            streams = {path[0] for path in ole.listdir() if len(path) == 1}
    except (OSError, ValueError, IndexError, RecursionError, struct.error) as error:
        raise Suspicious("broken OLE2 file") from error
    if "EncryptedPackage" in streams:
        raise Protected
    if "WordDocument" in streams:
        return Kind.DOC
    return Kind.XLS if streams & {"Workbook", "Book"} else None
