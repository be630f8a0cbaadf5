"""Determines a file's kind and whether it can be opened. Run as a separate program.

The file is standard input. The result is one line of JSON on standard output: the `kind` of the
content (None if not accepted), and its `flaw`. A picture in an iPhone's format is followed by the
JPEG made from it.

Whatever a file does to the libraries ends with this process, which has little memory and time and a
low priority.
"""

import json
import os
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO
from xml.parsers import expat

LOCKED, BROKEN, CUT_OFF, NO_PICTURE = "locked", "broken", "cut_off", "no_picture"

NICENESS = 10  # a tenth of a page's share of a busy processor
ONE_STREAM = 64 * 1024 * 1024  # limit in bytes of the unpacked parts needed to open a PDF
# Filters that compress, and could be nested to expand without end; pictures are compressed once
# more.
PACKED = re.compile(rb"/(?:FlateDecode|LZWDecode|RunLengthDecode|Fl|LZW|RL)(?![A-Za-z])")
FILTERS = re.compile(rb"/Filter\s*\[([^\]]{1,1000})\]")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Marks of a PDF with content but without its end: a page, a picture, or compressed objects.
RECOVERABLE = re.compile(rb"/(?:Type\s*/(?:Page|ObjStm)|Subtype\s*/Image)(?![A-Za-z])")

MOST_PIXELS = 100_000_000  # pixels of a picture; an A3 scanned at 600 dpi has 70 million
MOST_TURNED = 60_000_000  # pixels of one to be converted; iPhones take up to 48 million
QUALITY = 88  # quality of the JPEG; more shows no difference

LONGEST_XML = 4 * 1024 * 1024  # bytes of an XML part that is read
UNPACKED = 1024 * 1024 * 1024  # bytes to which a package may declare to unpack
SWOLLEN = 100  # limit of the ratio to the package's size above ROOMY
ROOMY = 100 * 1024 * 1024

# Brands of ISO/IEC 23008-12: HEVC pictures, single and in series, and any picture.
HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN_PARTS = {
    f"{OFFICE}.wordprocessingml.document.main+xml": "docx",
    f"{OFFICE}.spreadsheetml.sheet.main+xml": "xlsx",
}
DECLARED = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.etsi.asic-e+zip": "asice",
}
# The errors of libraries that read a damaged package.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError),
    *(NotImplementedError, OSError, EOFError, ValueError),
)
SECTORS = (512, 4096)  # bytes, of an OLE2 file (MS-CFB 2.2)
FILEPASS = 0x002F  # the record of an encrypted workbook (MS-XLS 2.4.117)
F_ENCRYPTED = 0x0100  # the flag of an encrypted document (MS-DOC 2.5.2)


class Flawed(Exception):
    """A file's flaw, and its kind if known."""

    def __init__(self, flaw: str, kind: str | None = None) -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.kind = kind


def main() -> None:
    """Examine standard input, within the CPU seconds and bytes of the first two arguments.

    Pictures get those of the other two.
    """
    seconds, memory, of_picture = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    os.nice(NICENESS)
    _bound(resource.RLIMIT_CPU, seconds, int(of_picture[0]))
    _bound(resource.RLIMIT_AS, memory, int(of_picture[1]))
    examine(sys.stdin.buffer, sys.stdout.buffer)


def _bound(what: int, now: int, most: int) -> None:
    with suppress(ValueError, OSError):  # macOS cannot set this limit
        resource.setrlimit(what, (now, most))


def _allow_a_picture() -> None:
    """Raise the limits for a picture."""
    for what in (resource.RLIMIT_CPU, resource.RLIMIT_AS):
        _now, most = resource.getrlimit(what)
        _bound(what, most, most)


def examine(file: BinaryIO, answer: BinaryIO) -> None:
    """Write the result for a seekable file."""
    kind, flaw, picture = None, None, None
    try:
        kind, picture = tell(file)
    except Flawed as found:
        kind, flaw = found.kind, found.flaw
    answer.write(json.dumps({"kind": kind, "flaw": flaw}).encode() + b"\n")
    if picture is not None:
        save(picture, answer)


def tell(file: BinaryIO) -> tuple[str | None, Any]:
    """The kind of a file, and the converted picture to store instead. Raises Flawed."""
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in HEIF:
        _allow_a_picture()
        return "jpg", _heif(file)
    for begins, look in LOOKS:
        if head.startswith(begins):
            return look(file), None
    return None, None


# --------------------------------------------------------------------------- PDF


def _pdf(file: BinaryIO) -> str:
    """A PDF that qpdf can open, after repair if need be, and that is complete."""
    import pikepdf
    from pikepdf import settings

    if _is_packed_again(file):
        raise Flawed(BROKEN, "pdf")
    settings.set_qpdf_limits(
        flate_max_memory=ONE_STREAM,
        run_length_max_memory=ONE_STREAM,
        png_max_memory=ONE_STREAM,
        tiff_max_memory=ONE_STREAM,
    )
    pages, told = 0, []
    file.seek(0)
    try:
        with pikepdf.open(file, suppress_warnings=True) as document:
            pages = len(document.pages)
            told = document.get_warnings()
    except pikepdf.PasswordError as error:
        raise Flawed(LOCKED, "pdf") from error
    except pikepdf.PdfError:  # without an object list it finds no page
        pass
    swells = any("memory limit exceeded" in str(warning) for warning in told)
    if swells or not (pages or _is_recoverable(file)):
        raise Flawed(BROKEN, "pdf")
    if not pages or b"%%EOF" not in _tail(file):
        raise Flawed(CUT_OFF, "pdf")
    return "pdf"


def _is_packed_again(file: BinaryIO) -> bool:
    """Whether compressed data is nested, which can shrink it to a millionth."""
    return any(len(PACKED.findall(_plain(list_))) > 1 for list_ in FILTERS.findall(_all(file)))


def _is_recoverable(file: BinaryIO) -> bool:
    content = _all(file)
    found = RECOVERABLE.search(content)
    return found is not None and content.find(b"endobj", found.end()) > 0


def _plain(names: bytes) -> bytes:
    """PDF names with their escapes decoded."""
    return ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), names)


def _all(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _tail(file: BinaryIO) -> bytes:
    file.seek(max(0, file.seek(0, 2) - 4096))
    return file.read()


# ---------------------------------------------------------------------- pictures


def _jpeg(file: BinaryIO) -> str:
    _allow_a_picture()
    picture = _opened(file, "JPEG")
    picture.draft("RGB", (1, 1))  # an eighth of each side is enough to check the data
    return _complete("jpg", picture.load)


def _png(file: BinaryIO) -> str:
    _allow_a_picture()
    return _complete("png", _opened(file, "PNG").verify)


def _opened(file: BinaryIO, form: str) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # its own limit is replaced by the check below
    try:
        picture = Image.open(file, formats=[form])
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise Flawed(BROKEN) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise Flawed(BROKEN)
    return picture


def _complete(kind: str, read: Callable[[], object]) -> str:
    try:
        read()
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise Flawed(CUT_OFF, kind) from error
    return kind


def _heif(file: BinaryIO) -> Any:
    """The picture, rotated upright as its metadata says."""
    import pi_heif  # type: ignore[import-untyped]  # has no types

    pi_heif.options.DECODE_THREADS = 1  # each thread takes address space, which is limited
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    try:
        found = pi_heif.open_heif(file)
        if found.size[0] * found.size[1] > MOST_TURNED:
            raise Flawed(BROKEN)
        picture = found.to_pillow()
    except (OSError, SyntaxError, ValueError, RuntimeError, EOFError, IndexError) as error:
        raise Flawed(NO_PICTURE) from error
    return picture


def save(picture: Any, answer: BinaryIO) -> None:
    """Write it as a JPEG with its colour profile and no other metadata, such as place or camera."""
    colours = picture.info.get("icc_profile")
    picture.info = {}
    if picture.mode != "RGB":
        picture, colours = picture.convert("RGB"), colours if picture.mode == "RGBA" else None
    picture.save(answer, "JPEG", quality=QUALITY, icc_profile=colours)


# ---------------------------------------------------------------------- packages


def _zip(file: BinaryIO) -> str | None:
    """Office documents and signed e-documents, by the types they declare."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), file.seek(0, 2))
            return _in_zip(archive, set(archive.namelist()))
    except UNREADABLE as error:
        raise Flawed(BROKEN) from error


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse packages that would fill the reader's disk; ordinary tables compress to a
    thirtieth."""
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED or (unpacked > ROOMY and unpacked > SWOLLEN * size):
        raise Flawed(BROKEN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Flawed(LOCKED)


def _in_zip(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    kind = DECLARED.get(_mimetype(archive)) if "mimetype" in names else None
    if kind in ("odt", "ods") and "META-INF/manifest.xml" in names:
        tags = _elements(archive, "META-INF/manifest.xml")
        if any(tag == "encryption-data" for tag, _ in tags):
            raise Flawed(LOCKED, kind)
    if kind is None and "[Content_Types].xml" in names:
        return _by_types(archive, names)
    signed = any(n.startswith("META-INF/") and "signatures" in n.lower() for n in names)
    return kind or ("asice" if signed else None)


def _mimetype(archive: zipfile.ZipFile) -> str:
    return _read(archive, "mimetype", 100).decode("ascii", "replace").strip()


def _by_types(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    """The kind of the part declared as the main one (OPC, part 2).

    Documents with macros are not accepted.
    """
    by_extension: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for tag, said in _elements(archive, "[Content_Types].xml"):
        kind = said.get("ContentType", "")
        if tag == "Default":
            by_extension[said.get("Extension", "").lower()] = kind
        elif tag == "Override":
            by_name[said.get("PartName", "").lstrip("/").lower()] = kind
    types = {*by_extension.values(), *by_name.values()}
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in types):
        return None
    parts = [name.lower() for name in names]
    if any(name.endswith("vbaproject.bin") for name in parts):
        return None
    declared = (by_name.get(name) or by_extension.get(name.rpartition(".")[2]) for name in parts)
    return next((MAIN_PARTS[kind] for kind in declared if kind in MAIN_PARTS), None)


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a part, without their namespace. Raises Flawed if it declares entities."""
    found: list[tuple[str, dict[str, str]]] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        found.append((tag.rpartition(" ")[2], local))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = begin
    parser.Parse(_read(archive, name, LONGEST_XML), True)
    return iter(found)


def _refuse_doctype(*_: object) -> None:
    raise Flawed(BROKEN)


def _read(archive: zipfile.ZipFile, name: str, longest: int) -> bytes:
    """A part of a package; its compression method must allow bounded unpacking."""
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Flawed(BROKEN)
    with archive.open(entry) as part:
        content = part.read(longest + 1)
    if len(content) > longest:
        raise Flawed(BROKEN)
    return content


# -------------------------------------------------------------------------- OLE2


def _ole(file: BinaryIO) -> str | None:
    """Word and Excel documents from before 2007, and newer ones that are encrypted."""
    import olefile

    class Bounded(olefile.OleFileIO):  # type: ignore[type-arg]  # generic in its stubs only
        """Checks that the sector table is not longer than the file before it is assembled."""

        sectorsize: int  # bytes
        nb_sect: int  # the file's number of sectors
        num_fat_sectors: int  # the sectors that the table declares to take
        num_difat_sectors: int  # the sectors that list the table's sectors

        def loadfat(self, header: bytes) -> None:
            entries = self.num_fat_sectors * (self.sectorsize // 4)
            if self.sectorsize not in SECTORS:
                raise Flawed(BROKEN)
            if self.num_difat_sectors and entries > 2 * self.nb_sect:
                raise Flawed(BROKEN)
            super().loadfat(header)

    try:
        with Bounded(file) as ole:
            return _in_ole(ole)
    except (OSError, ValueError, IndexError, RecursionError, struct.error) as error:
        raise Flawed(BROKEN) from error


def _in_ole(ole: Any) -> str | None:
    if ole.exists("EncryptedPackage"):
        raise Flawed(LOCKED)
    if ole.exists("WordDocument"):
        (flags,) = struct.unpack("<10xH", ole.openstream("WordDocument").read(12))
        if flags & F_ENCRYPTED:
            raise Flawed(LOCKED, "doc")
        return "doc"
    for name in ("Workbook", "Book"):
        if ole.exists(name):
            if FILEPASS in _first_records(ole.openstream(name)):
                raise Flawed(LOCKED, "xls")
            return "xls"
    return None


def _first_records(stream: BinaryIO) -> set[int]:
    """The kinds of the first records; that of encryption is the second or third."""
    kinds = set()
    for _ in range(4):
        head = stream.read(4)
        if len(head) < 4:
            break
        kind, length = struct.unpack("<HH", head)
        kinds.add(kind)
        stream.seek(length, 1)
    return kinds


LOOKS: tuple[tuple[bytes, Callable[[BinaryIO], str | None]], ...] = (
    (b"%PDF-", _pdf),
    (b"\xef\xbb\xbf%PDF-", _pdf),
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"PK\x03\x04", _zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _ole),
)


if __name__ == "__main__":
    main()
