"""The kinds of file that people may attach. What a file is, its content says: see programs/."""

from enum import StrEnum


class Kind(StrEnum):
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
OTHER_NAMES = {Kind.JPG: ("jpeg", "heic", "heif"), Kind.ASICE: ("edoc", "sce")}
