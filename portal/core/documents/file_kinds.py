"""The accepted kinds of file. A file's kind is determined by its content: see programs/."""

from enum import StrEnum


class FileKind(StrEnum):
    """An accepted kind of file; the code is the extension used for it."""

    PDF = "pdf"
    DOC = "doc"
    DOCX = "docx"
    ODT = "odt"
    XLS = "xls"
    XLSX = "xlsx"
    ODS = "ods"
    JPG = "jpg"  # pictures of iPhones are converted to it
    PNG = "png"
    ASICE = "asice"  # a signed e-document; Latvian programs call it edoc

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]

    @property
    def extensions(self) -> tuple[str, ...]:
        """Its accepted extensions, its own first."""
        return (self.value, *OTHER_NAMES.get(self, ()))


class Flaw(StrEnum):
    """A flaw by which a file cannot be opened or fully read; reported by examine.py."""

    LOCKED = "locked"  # needs a password
    BROKEN = "broken"  # or made to harm the reader
    CUT_OFF = "cut_off"
    NO_PICTURE = "no_picture"  # a picture of an iPhone that cannot be decoded


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
