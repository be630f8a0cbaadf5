"""A program of its own: what a file is, and whether whoever gets it can open it.

The answer is one line of JSON: the `kind` of the content (None where it is none of ours), and what
is wrong with it (`flaw`). A picture as iPhones take them is followed by the JPEG that it has been
turned into.

To load the libraries takes longer than to examine a file. So this process loads them, reads no
file, and forks for each. Whatever a file makes the libraries do ends with the child, which has
little memory and time, and the processor after those who wait for a page.
"""

import json
import os
import re
import resource
import signal
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO
from xml.parsers import expat

import olefile
import pi_heif  # type: ignore[import-untyped]  # has no types
import pikepdf
from pikepdf import settings
from PIL import Image

LOCKED, BROKEN, CUT_OFF, NO_PICTURE = "locked", "broken", "cut_off", "no_picture"

NICENESS = 10  # a tenth of what a page gets of a processor that both want
ONE_STREAM = 64 * 1024 * 1024  # bytes that what must be unpacked to open a PDF may unpack to
# What packs, and may be packed again so as to swell without end; pictures are packed once more.
PACKED = re.compile(rb"/(?:FlateDecode|LZWDecode|RunLengthDecode|Fl|LZW|RL)(?![A-Za-z])")
FILTERS = re.compile(rb"/Filter\s*\[([^\]]{1,1000})\]")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Of a PDF without its end: a page, a picture, or objects in which a page may be.
RECOVERABLE = re.compile(rb"/(?:Type\s*/(?:Page|ObjStm)|Subtype\s*/Image)(?![A-Za-z])")

MOST_PIXELS = 100_000_000  # of a picture; an A3 scanned at 600 dpi has 70 million
MOST_TURNED = 60_000_000  # of one that is turned into another; iPhones take up to 48 million
QUALITY = 88  # of the JPEG; more shows nothing more

LONGEST_XML = 4 * 1024 * 1024  # bytes of a list within a package
UNPACKED = 1024 * 1024 * 1024  # bytes that a package may claim to unpack to
SWOLLEN = 100  # times its own size, for what claims to unpack to more than ROOMY
ROOMY = 100 * 1024 * 1024

# Brands of ISO/IEC 23008-12: HEVC pictures, single ones and those of a series, and any picture.
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
# What reading a damaged package raises, the libraries' own and what they let through.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError),
    *(NotImplementedError, OSError, EOFError, ValueError),
)
SECTORS = (512, 4096)  # bytes, of an OLE2 file (MS-CFB 2.2)
FILEPASS = 0x002F  # the record of a workbook that is encrypted (MS-XLS 2.4.117)
F_ENCRYPTED = 0x0100  # the flag of a document that is (MS-DOC 2.5.2)


class Flawed(Exception):
    """What is wrong with a file of a kind that is known, or of none."""

    def __init__(self, flaw: str, kind: str | None = None) -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.kind = kind


def main() -> None:
    """Fork for each order that comes over standard input, a Unix socket, until nobody holds the
    other end.

    An order is a list in JSON: seconds of CPU and bytes of address space; those that a picture may
    take; seconds in all. With it come the descriptors of the file, of its answer, and of a socket
    that is told the return code, negative for a signal.
    """
    Image.preinit()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the web server, which ends this
    signal.signal(signal.SIGCHLD, _reap)
    with socket.socket(fileno=0) as orders:
        while True:
            order, descriptors, *_ = socket.recv_fds(orders, 1024, 3)
            if not descriptors:
                return
            _fork(_watch, orders, json.loads(order), *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _fork(work: Callable[..., None], *arguments: Any) -> int:
    """Let a child do the work, which ends with it; the child's process."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work(*arguments)
        code = 0
    finally:
        os._exit(code)


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):  # there are no more
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _watch(orders: socket.socket, order: list[float], file: int, answer: int, told: int) -> None:
    """Have a file examined, and tell how that has ended; kill who takes too long."""
    orders.close()  # what reads one file shall not get at the next
    os.dup2(1, 2)  # libraries complain of a file on standard error: nobody reads it
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *limits, longest = order
    child = _fork(_examine, limits, file, answer, told)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, longest)
    _pid, status = os.waitpid(child, 0)
    os.write(told, str(os.waitstatus_to_exitcode(status)).encode())


def _examine(limits: list[float], file: int, answer: int, told: int) -> None:
    os.close(told)
    seconds, memory, of_picture, memory_of_picture = map(int, limits)
    os.nice(NICENESS)
    _bound(resource.RLIMIT_CPU, seconds, of_picture)
    _bound(resource.RLIMIT_AS, memory, memory_of_picture)
    with open(file, "rb") as content, open(answer, "wb") as said:
        examine(content, said)


def _bound(what: int, now: int, most: int) -> None:
    with suppress(ValueError, OSError):  # macOS knows the limit of memory, and takes none
        resource.setrlimit(what, (now, most))


def _allow_a_picture() -> None:
    """Pixels take more than anything else does."""
    for what in (resource.RLIMIT_CPU, resource.RLIMIT_AS):
        _now, most = resource.getrlimit(what)
        _bound(what, most, most)


def examine(file: BinaryIO, answer: BinaryIO) -> None:
    """Write what there is to say of a seekable file."""
    kind, flaw, picture = None, None, None
    try:
        kind, picture = tell(file)
    except Flawed as found:
        kind, flaw = found.kind, found.flaw
    answer.write(json.dumps({"kind": kind, "flaw": flaw}).encode() + b"\n")
    if picture is not None:
        save(picture, answer)


def tell(file: BinaryIO) -> tuple[str | None, Any]:
    """The kind of a file, and the picture that is to be saved in its place. Raises Flawed."""
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
    """One that qpdf can open, mended where it must be, and that goes on to its end."""
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
        # Mapped into memory: qpdf reads byte by byte, and would ask Python for each piece.
        with pikepdf.open(
            file, suppress_warnings=True, access_mode=pikepdf.AccessMode.mmap
        ) as document:
            pages = len(document.pages)
            told = document.get_warnings()
    except pikepdf.PasswordError as error:
        raise Flawed(LOCKED, "pdf") from error
    except pikepdf.PdfError:  # which finds no page where it knows no list of objects
        pass
    swells = any("memory limit exceeded" in str(warning) for warning in told)
    if swells or not (pages or _is_recoverable(file)):
        raise Flawed(BROKEN, "pdf")
    if not pages or b"%%EOF" not in _tail(file):
        raise Flawed(CUT_OFF, "pdf")
    return "pdf"


def _is_packed_again(file: BinaryIO) -> bool:
    """Whether something is packed and packed again: a thousandth of a thousandth of its size."""
    return any(len(PACKED.findall(_plain(list_))) > 1 for list_ in FILTERS.findall(_all(file)))


def _is_recoverable(file: BinaryIO) -> bool:
    content = _all(file)
    found = RECOVERABLE.search(content)
    return found is not None and content.find(b"endobj", found.end()) > 0


def _plain(names: bytes) -> bytes:
    """PDF names without the escapes in which any of their letters may be written."""
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
    picture.draft("RGB", (1, 1))  # an eighth of each side is enough to read all of it
    return _complete("jpg", picture.load)


def _png(file: BinaryIO) -> str:
    _allow_a_picture()
    return _complete("png", _opened(file, "PNG").verify)


def _opened(file: BinaryIO, form: str) -> Any:
    Image.MAX_IMAGE_PIXELS = None  # ours is asked below
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
    """The picture as it is to be seen: turned upright by what the file says of it."""
    pi_heif.options.DECODE_THREADS = 1  # each takes address space, which is limited
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
    """Write it as a JPEG, with its colours and nothing else that it says: no place, no camera."""
    colours = picture.info.get("icc_profile")
    picture.info = {}
    if picture.mode != "RGB":
        picture, colours = picture.convert("RGB"), colours if picture.mode == "RGBA" else None
    picture.save(answer, "JPEG", quality=QUALITY, icc_profile=colours)


# ---------------------------------------------------------------------- packages


def _zip(file: BinaryIO) -> str | None:
    """Office documents and signed e-documents, by what they declare."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), file.seek(0, 2))
            return _in_zip(archive, set(archive.namelist()))
    except UNREADABLE as error:
        raise Flawed(BROKEN) from error


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what would fill the disk of whoever opens it; honest tables shrink to a thirtieth."""
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
    """The kind of the part that is declared to be the main one, wherever it stands (OPC, part 2).

    A document with macros is none of ours, whatever it is called.
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
    """The elements of a part, without their namespace. Raises Flawed where it declares entities."""
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
    """A part of a package, packed by a method whose unpacking is bounded."""
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Flawed(BROKEN)
    with archive.open(entry) as part:
        content = part.read(longest + 1)
    if len(content) > longest:
        raise Flawed(BROKEN)
    return content


# -------------------------------------------------------------------------- OLE2


class Bounded(olefile.OleFileIO):  # type: ignore[type-arg]  # generic in its stubs only
    """Its table of sectors may not be longer than the file: it is put together in pieces."""

    sectorsize: int  # bytes
    nb_sect: int  # sectors that the file has
    num_fat_sectors: int  # sectors that its table says it takes
    num_difat_sectors: int  # those that only list where the table is

    def loadfat(self, header: bytes) -> None:
        entries = self.num_fat_sectors * (self.sectorsize // 4)
        if self.sectorsize not in SECTORS:
            raise Flawed(BROKEN)
        if self.num_difat_sectors and entries > 2 * self.nb_sect:
            raise Flawed(BROKEN)
        super().loadfat(header)


def _ole(file: BinaryIO) -> str | None:
    """Documents of Word and Excel from before 2007, and newer ones that are encrypted."""
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
