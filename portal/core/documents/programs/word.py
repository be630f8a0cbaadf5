"""Writes an editable document in Word's format, from JSON. Run as a separate program.

python-docx holds the whole document as a tree, 60 MB for the minutes of a thousand applications; it
is freed when the process ends.
"""

import io
import json
import resource
import sys
from base64 import b64decode
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

PORTRAIT, LANDSCAPE = Mm(165), Mm(252)  # the width between the margins
FACT = Mm(62)  # where the value of a fact begins
TAGS = {"lv": "lv-LV", "en": "en-GB"}
INK, QUIET = RGBColor(0x15, 0x21, 0x1B), RGBColor(0x4F, 0x5B, 0x54)
CELL, FIGURE = "Cell", "Figure"  # styles of table cells
CELL_SIZE = 9.5  # points
UNCOUNTED = {"page": "1", "pages": "…"}
TINTS = {"good": "EAF4EE", "plain": "F1F2EF", "warning": "FFF2D9"}

Block = dict[str, Any]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    order = json.load(sys.stdin.buffer)
    paper = order["data"]
    document = _new_document(paper, datetime.fromisoformat(order["at"]))
    logo = b64decode(order["logo"])
    _set_head_and_foot(document.sections[0], PORTRAIT, paper, logo)
    _write(document, paper["opening"])
    if paper["above"]:
        document.add_paragraph().add_run(paper["above"]).font.color.rgb = QUIET
    document.add_heading(paper["title"], 1)
    _write(document, paper["blocks"])
    if paper["annex"]:
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        _set_head_and_foot(section, LANDSCAPE, paper, logo)
        _write(document, paper["annex"])
    content = io.BytesIO()
    document.save(content)
    sys.stdout.buffer.write(content.getvalue())


def _write(document: Docx, blocks: list[Block]) -> None:
    for block in blocks:
        BLOCKS[block["block"]](document, block)


# ------------------------------------------------------------------ the document


def _new_document(paper: dict[str, Any], at: datetime) -> Docx:
    document, tag = Document(), TAGS.get(paper["language"], paper["language"])
    facts = document.core_properties
    facts.title, facts.author, facts.language = paper["title"][:255], paper["issuer"][:255], tag
    facts.created = facts.modified = at.replace(tzinfo=None)
    facts.last_modified_by, facts.comments = facts.author, ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    _set_styles(document, tag)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # or Word says that it is an old document
    return document


def _set_styles(document: Docx, tag: str) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Calibri", Pt(11), INK
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Heading 1", 20), ("Heading 2", 14), ("Heading 3", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), INK
        style.font.bold = True
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    for name in (CELL, FIGURE):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size, style.paragraph_format.space_after = Pt(CELL_SIZE), Pt(2)
        if name == FIGURE:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name in ("Header", "Footer"):
        style = document.styles[name]
        style.paragraph_format.tab_stops.clear_all()
        style.font.size, style.font.color.rgb = Pt(9), QUIET
    # The language is in the document's defaults, so that every style has it.
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    properties = defaults.find(qn("w:rPr"))
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    for name in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{name}"), tag)
    properties.append(language)


def _set_head_and_foot(section: Section, width: Mm, paper: dict[str, Any], logo: bytes) -> None:
    """On every page: logo, issuer and number; issuer, address and page."""
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    for paragraph in (head, foot):
        paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    if logo:
        head.add_run().add_picture(io.BytesIO(logo), height=Mm(9))
        head.add_run("  ")
    issuer = head.add_run(paper["issuer"])
    issuer.bold, issuer.font.size, issuer.font.color.rgb = True, Pt(11), INK
    head.add_run(f"\t{paper['number']}")
    foot.add_run(" · ".join(filter(None, (paper["issuer"], paper["contact"]))) + "\t")
    _add_counted(foot, paper["page"])


def _add_counted(paragraph: Paragraph, words: str) -> None:
    """Words with %(page)s and %(pages)s as fields that Word fills in when it opens them; programs
    that do not count pages show what the field keeps."""
    fields = {"page": "PAGE", "pages": "NUMPAGES"}
    for part in (words % {name: f"\0{name}\0" for name in fields}).split("\0"):
        if part in fields:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), fields[part])
            field.set(qn("w:dirty"), "true")
            field.append(OxmlElement("w:r"))
            field[0].append(OxmlElement("w:t"))
            field[0][0].text = UNCOUNTED[part]
            paragraph._p.append(field)
        elif part:
            paragraph.add_run(part)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


# --------------------------------------------------------------------- its blocks


def _heading(document: Docx, block: Block) -> None:
    document.add_heading(block["text"].strip() or "–", block["level"])


def _facts(document: Docx, block: Block) -> None:
    """Label and value side by side, lines of a long value below one another."""
    for fact in block["facts"]:
        if fact["value"]:
            line = document.add_paragraph()
            form = line.paragraph_format
            form.space_after, form.left_indent, form.first_line_indent = Pt(2), FACT, -FACT
            form.tab_stops.add_tab_stop(FACT)
            line.add_run(f"{fact['label']}\t").font.color.rgb = QUIET
            line.add_run(fact["value"])


def _passage(document: Docx, block: Block) -> None:
    for text in _paragraphs(block["text"]):
        run = document.add_paragraph().add_run(text)
        run.bold = block["style"] == "strong" or None
        if block["style"] == "quiet":
            run.font.color.rgb = QUIET
    items = [
        document.add_paragraph(item, "List Number" if block["numbered"] else "List Bullet")
        for item in block["items"]
    ]
    if block["numbered"]:
        _begin_at_one(document, items)


def _begin_at_one(document: Docx, items: list[Paragraph]) -> None:
    """Number these items apart from those of other lists."""
    numbering = document.part.numbering_part.element
    usual = document.styles["List Number"].element.pPr.numPr.numId.val
    own = numbering.add_num(numbering.num_having_numId(usual).abstractNumId.val)
    own.add_lvlOverride(ilvl=0).add_startOverride(1)
    for item in items:
        item._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = own.numId


def _notice(document: Docx, block: Block) -> None:
    facts = [f"{fact['label']}: {fact['value']}" for fact in block["facts"]]
    for text in [block["text"], *facts]:
        if text:
            paragraph = document.add_paragraph()
            paragraph.add_run(text).bold = True
            shading = OxmlElement("w:shd")
            shading.set(qn("w:val"), "clear")
            shading.set(qn("w:fill"), TINTS[block["kind"]])
            paragraph._p.get_or_add_pPr().append(shading)


def _table(document: Docx, block: Block) -> None:
    """A table whose header repeats on every page."""
    columns, cut = block["columns"], block["cut"]
    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, block["widths"], strict=True):
        column.width = Mm(width)  # of the cells added from now on
    # By its id: python-docx searches all styles, for each of 20,000 cells.
    names = [FIGURE if column["kind"] == "figure" else CELL for column in columns]
    styles = [_sized(document, name, block["size"]).style_id for name in names]
    header = _row(table, [{"title": column["title"]} for column in columns], styles)
    header.append(OxmlElement("w:tblHeader"))
    for index, cells in enumerate(block["rows"]):
        if cut and cut["before"] == index:
            line = _unsplit(table.add_row())
            across = line.cells[0].merge(line.cells[-1]).paragraphs[0]
            across.style, across.alignment = CELL, WD_ALIGN_PARAGRAPH.CENTER
            across.add_run(cut["text"]).bold = True
        _row(table, cells, styles)
    if block["total"]:
        _row(table, [{"title": cell["text"]} for cell in block["total"]], styles)
    document.add_paragraph()


def _sized(document: Docx, name: str, size: float) -> Any:
    """The style of cells in smaller type, for a table with many columns."""
    if size >= CELL_SIZE:
        return document.styles[name]
    smaller = f"{name} {size:.1f}"
    if smaller not in document.styles:
        style = document.styles.add_style(smaller, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = document.styles[name], Pt(size)
    return document.styles[smaller]


def _row(table: Table, cells: list[dict[str, str]], styles: list[str]) -> Any:
    """A row that is not split between two pages; its properties."""
    row = _unsplit(table.add_row())
    for cell, said, style in zip(row.cells, cells, styles, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style
        title = said.get("title", "")
        lines = [line for line in (said.get("text"), said.get("remark")) if line]
        if title:
            paragraph.add_run(title).bold = True
        if lines:
            paragraph.add_run("\n".join(["", *lines] if title else lines))
    return row._tr.trPr


def _unsplit(row: _Row) -> _Row:
    """The row, kept on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row


def _addressee(document: Docx, block: Block) -> None:
    for lines in (block["letter"], block["recipient"]):
        for index, text in enumerate([line for line in lines if line]):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(text).bold = index == 0
        document.add_paragraph()


def _signatures(document: Docx, block: Block) -> None:
    """The closing text and, on the same page, the lines for signatures."""
    for text in block["closing"]:
        document.add_paragraph(text).paragraph_format.keep_with_next = True
    if block["pages"]:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = bool(block["signatories"])
        _add_counted(paragraph, block["pages"])
    for one in block["signatories"]:
        line = document.add_paragraph()
        line.paragraph_format.keep_with_next = one is not block["signatories"][-1]
        line.paragraph_format.space_before = Pt(24)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(65))
        line.paragraph_format.tab_stops.add_tab_stop(Mm(120))
        ruled = "_" * 24 if block["by_hand"] else ""
        line.add_run(f"{one['role']}\t{ruled}\t{one['name']}")
    if block["remark"]:
        document.add_paragraph().add_run(block["remark"]).font.color.rgb = QUIET


def _seal(document: Docx, block: Block) -> None:
    digits = block["digits"]
    groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    for start in range(0, len(groups), 8):
        document.add_paragraph(" ".join(groups[start : start + 8]))
    document.add_paragraph().add_run(block["remark"]).font.color.rgb = QUIET


BLOCKS = {
    "Heading": _heading,
    "Facts": _facts,
    "Passage": _passage,
    "Notice": _notice,
    "Table": _table,
    "Addressee": _addressee,
    "Signatures": _signatures,
    "Seal": _seal,
}

if __name__ == "__main__":
    main()
