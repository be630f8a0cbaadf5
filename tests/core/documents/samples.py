"""Tiny real files of every kind, and the documents that our templates set."""

import io
import struct
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import pikepdf
from PIL import Image

from portal.core.documents.kinds import Kind
from portal.core.documents.programs.examine import OFFICE
from portal.core.documents.shapes import (
    Amount,
    Answer,
    ApplicationPaper,
    AttachedFile,
    Attendee,
    Ballots,
    Criterion,
    Fact,
    Minutes,
    OfficialLetter,
    Passage,
    Ranked,
    Receipt,
    Recusal,
    Resolution,
    Section,
    Signatory,
    Size,
    Step,
    Table,
)

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


FILES: dict[Kind, bytes] = {
    Kind.PDF: PDF,
    Kind.DOC: ole("WordDocument"),
    Kind.DOCX: word(),
    Kind.ODT: zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    Kind.XLS: ole("Workbook"),
    Kind.XLSX: zipped(
        "xl/workbook.xml", types=content_types(f"{OFFICE}.spreadsheetml.sheet", "xl/workbook.xml")
    ),
    Kind.ODS: zipped("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    Kind.JPG: picture("JPEG"),
    Kind.PNG: picture("PNG"),
    Kind.ASICE: zipped(
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

# ------------------------------------------------------------------------- documents

SEAL = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
COMPETITION = "Jauniešu iesaiste jaunatnes iniciatīvu projektos"
ISSUER = "Piemēra Izglītības pārvalde"
AT = datetime(2020, 4, 14, 13, 59, 41, tzinfo=UTC)
NASTY = (
    "#let x = 1 $a^2$ @nekas *treknraksts* _slīpraksts_ <script>alert(1)</script> \\ // /* [ ] {"
)

RECEIPT = Receipt(
    title="Saņemšanas apliecinājums",
    number="LIE-2020-1-007",
    issuer=ISSUER,
    at=AT,
    competition=COMPETITION,
    applicant="Biedrība „Vēja spārni”",
    project="Jūras radio",
    submitted_by="Ilze Kalniņa",
    seal=SEAL,
    verify_at="http://localhost/verify",
    change_until=AT,
    next_steps=(Step(date(2020, 4, 25), "Paziņojam rezultātus."),),
)
APPLICATION = ApplicationPaper(
    title="Jūras radio",
    number="LIE-2020-1-007",
    issuer=ISSUER,
    at=AT,
    competition=COMPETITION,
    facts=(Fact("Iesniedzējs", "Biedrība „Vēja spārni”"), Fact("Summa", Amount(460000))),
    submitted_at=AT,
    submitted_by="Ilze Kalniņa",
    sections=(
        Section(
            "Būtība",
            (
                Answer("Kāpēc?", f"Āčēģīķļņšūž.\n\n{NASTY}"),
                Answer("Kam?", choices=("5.–9. klase", "10.–12. klase")),
                Answer("Vēl kaut kas?"),
                Answer(
                    "Plāns",
                    table=Table(
                        ("Darbība", "Stundas"),
                        (("Darbnīca", "48"),),
                        numeric=(1,),
                        total=("Kopā", "48"),
                    ),
                ),
            ),
        ),
    ),
    attachments=(AttachedFile("Apliecinājums", "apliecinājums.pdf", Size(1_234_567), SEAL),),
    seal=SEAL,
    verify_at="http://localhost/verify",
)
LETTER = OfficialLetter(
    title="Par projekta „Jūras radio” atbalstīšanu",
    number="LIE-2020-1/L-03",
    issuer=ISSUER,
    at=AT,
    dated=date(2020, 5, 20),
    place="Piemērā",
    recipient=("Biedrība „Vēja spārni”", "Jūras iela 1"),
    greeting="Labdien!",
    outcome="Jūsu projekts ir apstiprināts.",
    favourable=True,
    facts=(Fact("Summa", Amount(460000)),),
    passages=(
        Passage("Kas jādara tagad", items=("Parakstiet līgumu.",)),
        Passage("Pamatojums", NASTY),
    ),
    signatory=Signatory("Vadītāja", "Anna Bērziņa"),
    enclosures=("Līguma projekts",),
)
MINUTES = Minutes(
    title="Vērtēšanas komisijas sēdes protokols",
    number="LIE-2020-1/P-2",
    issuer=ISSUER,
    at=AT,
    ended_at=AT,
    competition=COMPETITION,
    place="Jūras iela 1",
    order="10.02.2020. rīkojums Nr. 21",
    attendees=(
        Attendee("Jānis Ozols", "priekšsēdētājs", True),
        Attendee("Uldis Ērglis", "loceklis", False, "slimības dēļ"),
    ),
    present=1,
    entitled=2,
    quorate=False,
    agenda=("Sarindojums",),
    recusals=(Recusal("Līga Krūmiņa", "LIE-2020-1-007", "darba attiecības"),),
    criteria=(Criterion("K1", "Mērķis", 5, Decimal(3)), Criterion("K2", "Plāns", Decimal("7.5"))),
    total_minimum=30,
    ranking=tuple(
        Ranked(
            place,
            f"LIE-2020-1-00{number}",
            f"Biedrība {number}",
            NASTY,
            Fraction(1311, 30) - number,
            5,
            (Fraction(9, 2), Fraction(13, 3)),
            remark="" if place else "K1: mazāk par 3 punktiem",
        )
        for number, place in enumerate((1, 2, None), 1)
    ),
    grants=1,
    amount=Amount(460000),
    discussion=(Passage("K2", "Pārrunāja vērtējumus."),),
    votes=(
        Ballots(
            "Vai apstiprināt sarindojumu?",
            "Par – 1, pret – 0, atturas – 0.",
            "Apstiprināts.",
            by_name=(Fact("Jānis Ozols", "par"),),
            excluded=("Līga Krūmiņa",),
        ),
    ),
    resolutions=(Resolution("LIE-2020-1-001", "Biedrība 1", "apstiprināt", Amount(460000)),),
    enclosures=("Vērtēšanas veidlapas",),
    signatories=(Signatory("Priekšsēdētājs", "Jānis Ozols"),),
)
SHEETS = (RECEIPT, APPLICATION, LETTER, MINUTES)
