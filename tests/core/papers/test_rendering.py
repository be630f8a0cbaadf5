"""A paper as a PDF and in Word: both say what its blocks say, and nothing typed is markup."""

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from flask import Flask
from flask_babel import lazy_gettext as _l
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.core.db import Words
from portal.core.documents.file_kinds import FileKind
from portal.core.documents.programs.examine import tell
from portal.core.papers.blocks import (
    Addressee,
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Heading,
    Issuer,
    Notice,
    Paper,
    Passage,
    Signatory,
    Signatures,
    Table,
)
from portal.core.papers.rendering import TEMPLATES, drawable, render_docx, render_pdf
from tests.core.papers.samples import (
    BLOCKS,
    PAPER,
    SEAL,
    TABLE,
    WITH_A_FILE,
    in_pdf,
    in_word,
    read,
    texts,
)

NASTY = (
    "#let x = 1 $a^2$ @nekas *treknraksts* _slīpraksts_ <script>alert(1)</script> \\ // /* [ ] {"
)
# What people paste, and how it reads where it is drawn.
PASTED = {
    "ligatures": ("ﬁnansējums oﬃce", "finansējums office"),
    "marks": ("a\u0304 c\u030c g\u0327 e\u0304 n\u0327 u\u0304", "ā č ģ ē ņ ū"),
    "cyrillic": ("Средства Щёкино", "Средства Щёкино"),
    "livonian": ("Līvõ kēļ ȭ ǟ ḑ ț ȱ ǭ", "Līvõ kēļ ȭ ǟ ḑ ț ȱ ǭ"),
    "a long word": ("nepārtraukti" * 13 + "beig", "nepārtraukti" * 13 + "beig"),
    "the widest word": ("W" * 160, "W" * 160),
    "markup": (NASTY, NASTY),
}


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def everywhere(typed: str) -> Paper:
    """A paper that says it in every kind of place."""
    columns = [Column(typed), Column("Nepieciešamais finansējums"), Column("Summa", "figure")]
    return Paper(
        title=typed,
        number="LIE-2020-1/P-2",
        issuer=Issuer(typed[:80], typed[:80]),
        at=PAPER.at,
        above=typed,
        opening=[Addressee([typed], ["Biedrība", typed])],
        blocks=[
            Heading(typed),
            Heading(typed, 3),
            Facts([Fact(typed, typed)]),
            Passage(typed, [typed, typed]),
            Notice(typed),
            Notice(facts=[Fact("Numurs", "LIE-2020-1-007"), Fact("Nosaukums", typed)]),
            Table(columns, [[typed, Cell(typed, title=typed, remark=typed), "4 600 €"]] * 2),
            Table([Column("Darbība")] * 8, [[typed[:40]] * 8]),
            Signatures([Signatory(typed, typed)], closing=[typed]),
        ],
        annex=[Table(columns, [[typed, typed, "1"]])],
        language="lv",
    )


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("paper", [PAPER, WITH_A_FILE], ids=["alone", "with a file"])
def test_a_pdf_is_titled_tagged_and_fit_for_the_archive(paper: Paper, language: str) -> None:
    made = render_pdf(replace(paper, language=language))
    assert made == render_pdf(replace(paper, language=language)), "the same paper, the same bytes"
    facts, metadata = (info(made, *options) for options in ((), ("-meta",)))
    assert str(paper.title) in facts and "Tagged:          yes" in facts and "A4" in facts
    assert "<pdfuaid:part>1<" in metadata and f"<rdf:li>{language}" in metadata
    assert f"<pdfaid:part>{3 if paper.attachment else 2}<" in metadata


def info(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdfinfo", *options, "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_file_goes_in_as_it_is() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(WITH_A_FILE))) as pdf:
        assert json.loads(pdf.attachments["a.json"].get_file().read_bytes()) == {}


@pytest.mark.parametrize("block", [*PAPER.opening, *BLOCKS], ids=lambda block: type(block).__name__)
@pytest.mark.parametrize("drawn", [in_pdf, in_word])
def test_both_say_what_a_block_says(drawn: Callable[[Paper], str], block: Block) -> None:
    said = plain(drawn(replace(PAPER, opening=[], blocks=[block], annex=[])))
    ours = {"text", "figure", "code", "plain", "quiet", "strong", "good", "warning"}
    for text in texts(block):
        if text not in ours:
            expected = [plain(part) for part in text.split("\n\n") if part]
            assert all(part.split("%")[0] in said for part in expected), text


def plain(text: str) -> str:
    """Without spaces, hyphens and places to break: as it is compared over the ends of lines."""
    return re.sub(r"[\s\u2010\ufffd-]", "", text)


@pytest.mark.parametrize("typed", PASTED)
def test_what_is_pasted_is_drawn_and_stays_on_the_page(typed: str) -> None:
    given, shown = PASTED[typed]
    paper = everywhere(given)
    made = render_pdf(paper)
    assert plain(read(made)).count(plain(shown)) >= 18
    assert not re.search("[\u200b\u00ad]", read(made)), "a copy has what was typed"
    assert plain(in_word(paper)).count(plain(given)) >= 18
    for _page, boxes in words_by_page(made):
        assert not [box for box in boxes if box[2] > box[4] - 50], "over the margin"
        assert not overlapping(boxes)


def test_a_copied_hash_is_the_hash() -> None:
    columns = [Column("Fails"), Column("Izmērs", "figure")]
    row = [Cell("Pielikums", title="a.pdf", remark=f"SHA-256 {SEAL}"), "412 kB"]
    narrow = Table([Column("A")] * 4, [[SEAL] * 4])
    blocks = [Table(columns, [row]), Facts([Fact("SHA-256", SEAL)]), narrow]
    made = render_pdf(replace(PAPER, opening=[], blocks=blocks, annex=[]))
    assert f"SHA-256 {SEAL}" in read(made)
    assert re.sub(r"\s", "", read(made)).count(SEAL) == 6


Box = tuple[float, float, float, float, float]  # left, top, right, bottom, width of the page


def words_by_page(pdf: bytes) -> Iterator[tuple[int, list[Box]]]:
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    )
    number = re.compile(r'"(-?[0-9.]+)"')
    for n, page in enumerate(done.stdout.decode().split("<page ")[1:]):
        width = float(number.findall(page)[0])
        lines = [line.split(">")[0] for line in page.splitlines() if "<word " in line]
        words = [number.findall(line) for line in lines]
        yield n, [(*map(float, word[:4]), width) for word in words]  # type: ignore[misc]


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    """Words that are drawn over one another, but for what reaches out of a line."""
    return [
        (one, other)
        for one, other in combinations(boxes, 2)
        if min(one[2], other[2]) - max(one[0], other[0]) > 2
        and min(one[3], other[3]) - max(one[1], other[1]) > 4
    ]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=200), min_size=1, max_size=10))
def test_whatever_is_typed_can_be_set(typed: list[str]) -> None:
    paper = everywhere(typed[0])
    table = Table([Column(one) for one in typed], [typed, typed], total=typed)
    paper = replace(paper, blocks=[*paper.blocks, *map(Passage, typed), table])
    assert render_pdf(paper).startswith(b"%PDF")
    assert tell(io.BytesIO(render_docx(paper)))[0] == FileKind.DOCX


def test_every_sign_that_our_fonts_are_said_to_have_is_there() -> None:
    ranges = (TEMPLATES / "fonts" / "coverage.txt").read_text().split()
    bounds = [[int(end, 16) for end in one.split("-")] for one in ranges]
    signs = "".join(chr(code) for first, last in bounds for code in range(first, last + 1))
    assert {*"āčēģīķļņšūžĀČĒĢĪĶĻŅŠŪŽ„”–—…€№ŗōłßЖя□"} <= {*signs}
    assert render_pdf(replace(PAPER, blocks=[Heading(signs), Passage(signs)]))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Sveiki 😀!", "Sveiki □!"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a b"),
        ("x\x00\x01\u202ey", "xy"),
        ("\ud800", ""),
        ("👩\u200d🔬\ufe0f", "□□"),
    ],
)
def test_what_cannot_be_drawn_is_shown_as_such(typed: str, shown: str) -> None:
    assert drawable(typed) == shown


def test_a_paper_speaks_the_language_in_which_it_was_made() -> None:
    paper = replace(PAPER, blocks=[Passage(Words("Konkurss", "Call")), Passage(_l("Applicant"))])
    latvian, english = in_pdf(paper), in_pdf(replace(paper, language="en"))
    assert "Konkurss" in latvian and "Iesniedzējs" in latvian and "1. lapa no" in latvian
    assert "Call" in english and "Applicant" in english and "Page 1 of" in english


def test_a_row_is_not_split_and_the_header_is_on_every_page() -> None:
    text = "rinda " * 150
    paper = replace(PAPER, blocks=[Table([Column("Nr."), Column("Virsraksts")], [["x", text]] * 9)])
    pages = render_pdf(paper)
    shown = [read(pages, "-f", str(page), "-l", str(page)) for page in (1, 2)]
    assert all("Virsraksts" in page and page.count("rinda") % 150 == 0 for page in shown)
    tall = replace(PAPER, blocks=[Table([Column("A")], [["vārds " * 9000]])])
    assert in_pdf(tall).count("vārds") == 9000, "what is taller than a page goes on"


def test_nobody_signs_a_page_on_which_nothing_else_stands() -> None:
    closing = Signatures([Signatory("loceklis", "Uldis Ērglis")] * 7, closing=["Nolemts viss."])
    for lines in range(24, 44, 4):
        paper = replace(PAPER, annex=[], blocks=[Passage("\n".join(["rinda"] * lines)), closing])
        made = render_pdf(paper)
        last = info(made).split("Pages:")[1].split()[0]
        shown = read(made, "-f", last, "-l", last)
        assert "Nolemts viss." in shown and shown.count("Uldis Ērglis") == 7


def test_in_word_headings_tables_and_language_are_real() -> None:
    content = render_docx(PAPER)
    assert tell(io.BytesIO(content))[0] == FileKind.DOCX
    document = Document(io.BytesIO(content))
    languages = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"lv-LV"}
    for one in document.sections:
        kept = one.footer.paragraphs[0]._p.xpath("w:fldSimple/w:r/w:t")
        assert [field.text for field in kept] == ["1", "…"]
    facts = document.core_properties
    assert (facts.title, facts.author) == (PAPER.title, PAPER.issuer.name)
    styles = [p.style.name for p in document.paragraphs if p.style and p.style.name]
    assert {"Heading 1", "Heading 2", "Heading 3", "List Bullet", "List Number"} <= {*styles}
    for table in document.tables:
        assert len(table.rows) == len(TABLE.rows) + 3  # header, cut and total
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_control_characters_do_no_harm_in_word() -> None:
    assert "c<w:p/>" in in_word(replace(PAPER, blocks=[Passage("a\x00b\x0b\ud800\n\nc\x1b<w:p/>")]))


def test_the_logo_of_the_issuer_is_in_the_head_of_both() -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (300, 80), "#2f7fa8").save(picture, "PNG")
    paper = replace(PAPER, issuer=replace(PAPER.issuer, logo=picture.getvalue()))
    with pikepdf.open(io.BytesIO(render_pdf(paper))) as pdf:
        assert pdf.pages[0].get_images()
    head = Document(io.BytesIO(render_docx(paper))).sections[0].header
    assert any("image" in part.reltype for part in head.part.rels.values())
