"""The kinds of file that people may attach. What a file is, its content says: see programs/."""

from enum import StrEnum


class FileKind(StrEnum):
    """The kinds of file that people may attach; the code is the extension that we write."""

    PDF = "pdf"
    DOC = "doc"
    DOCX = "docx"
    ODT = "odt"
    XLS = "xls"
    XLSX = "xlsx"
    ODS = "ods"
    JPG = "jpg"  # what iPhones take is turned into one
    PNG = "png"
    ASICE = "asice"  # a signed e-document; Latvian programs call it edoc

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]

    @property
    def extensions(self) -> tuple[str, ...]:
        """The extensions under which it may come, its own first."""
        return (self.value, *OTHER_NAMES.get(self, ()))


class Flaw(StrEnum):
    """What keeps people from opening a file, or from seeing all of it; as examine.py says it."""

    LOCKED = "locked"  # opens with a password only
    BROKEN = "broken"  # or made to harm whoever opens it
    CUT_OFF = "cut_off"
    NO_PICTURE = "no_picture"  # of an iPhone, which nothing can open


ATTACHMENTS = frozenset(FileKind)
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOC: "application/msword",
    FileKind.DOCX: f"{OFFICE}.wordprocessingml.document",
    FileKind.ODT: f"{OPEN_DOCUMENT}.text",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    FileKind.ODS: f"{OPEN_DOCUMENT}.spreadsheet",
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.ASICE: "application/vnd.etsi.asic-e+zip",
}
OTHER_NAMES = {FileKind.JPG: ("jpeg", "heic", "heif"), FileKind.ASICE: ("edoc", "sce")}
