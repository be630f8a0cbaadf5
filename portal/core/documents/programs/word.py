"""A program of its own: writes minutes as a document that the secretary may still edit, in Word.

It says what minutes.typ says. The order comes as JSON, the document leaves. python-docx holds a
tree of the whole document, 60 MB for a thousand applications; here it ends with the document.
"""

import gettext
import io
import json
import resource
import sys
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

TRANSLATIONS = Path(__file__).parents[3] / "translations"
TAGS = {"lv": "lv-LV", "en": "en-GB"}
INK, QUIET = RGBColor(0x15, 0x21, 0x1B), RGBColor(0x4F, 0x5B, 0x54)
CELL, FIGURE = "Cell", "Figure"  # styles of what stands in tables

_catalogue = gettext.NullTranslations()  # the msgids are English already


def main() -> None:
    """Write what standard input asks for to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    order = json.load(sys.stdin.buffer)
    said, language = order["data"], order["language"]
    if language != "en":
        _catalogue.add_fallback(gettext.translation("messages", TRANSLATIONS, [language]))
    document = _new_document(said, datetime.fromisoformat(order["at"]), TAGS[language])
    _opening(document, said)
    for number, (title, write) in enumerate(_parts(said), 1):
        document.add_heading(f"{number}. {title}", 2)
        write(document, said)
    last = _("Outcome") if said["extract"] else _("Signatures")
    document.add_heading(f"{number + 1}. {last}", 2)
    _signatures(document, said)
    if said["criteria"] and any(one["means"] for one in said["ranking"]):
        _annex(document, said)
    content = io.BytesIO()
    document.save(content)
    sys.stdout.buffer.write(content.getvalue())


def _(text: str, **values: object) -> str:
    text = _catalogue.gettext(text)
    return text % values if values else text


def _parts(said: dict[str, Any]) -> list[tuple[str, Any]]:
    """The parts that have something to say, as minutes.typ has them."""
    parts = [
        (_("Attendance and quorum"), _attendance, True),
        (_("Agenda"), _agenda, said["agenda"]),
        (_("Conflicts of interest"), _conflicts, True),
        (_("Ranking"), _ranking, said["ranking"]),
        (_("Discussion"), _discussion, said["discussion"]),
        (_("Votes"), _votes, said["votes"]),
        (_("Decided"), _resolutions, said["resolutions"]),
        (_("Enclosed"), _enclosures, said["enclosures"]),
    ]
    return [(title, write) for title, write, present in parts if present]


# ------------------------------------------------------------------ the document


def _new_document(said: dict[str, Any], at: datetime, tag: str) -> Docx:
    document = Document()
    facts = document.core_properties
    facts.title, facts.author, facts.language = said["title"], said["issuer"], tag
    facts.created = facts.modified = at.replace(tzinfo=None)
    facts.comments = ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    _set_styles(document, tag)
    head = section.header.paragraphs[0]
    head.text = f"{said['issuer']}\t\t{said['number']}"
    _set_foot(section.footer.paragraphs[0])
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
        style.font.size, style.paragraph_format.space_after = Pt(9.5), Pt(2)
        if name == FIGURE:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # The language stands in the document's defaults, so that every style has it.
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    properties = defaults.find(qn("w:rPr"))
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    for name in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{name}"), tag)
    properties.append(language)


def _set_foot(foot: Paragraph) -> None:
    """Page x of y, as fields that Word fills in."""
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    words = _("Page %(page)s of %(pages)s", page="\0PAGE\0", pages="\0NUMPAGES\0")
    for part in words.split("\0"):
        if part in ("PAGE", "NUMPAGES"):
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), part)
            foot._p.append(field)
        elif part:
            foot.add_run(part)


def _table(
    document: Docx,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    figures: Container[int] = (),
) -> Table:
    """A table whose first row is its header, on every page.

    `widths` are those of the columns in millimetres; columns of `figures` are set to the right.
    """
    table: Table = document.add_table(rows=0, cols=len(header), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)  # that of the cells which are added from now on
    first = table.add_row()
    repeated = OxmlElement("w:tblHeader")
    first._tr.get_or_add_trPr().append(repeated)
    # By its id: python-docx seeks a style among all of them, for each of 20,000 cells.
    ids = [document.styles[FIGURE if n in figures else CELL].style_id for n in range(len(header))]
    for cell, name, style in zip(first.cells, header, ids, strict=True):
        cell.paragraphs[0]._p.style = style
        cell.paragraphs[0].add_run(name).bold = True
    for row in rows:
        for cell, value, style in zip(table.add_row().cells, row, ids, strict=True):
            cell.text = value
            cell.paragraphs[0]._p.style = style
    document.add_paragraph()
    return table


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


# --------------------------------------------------------------------- its parts


def _opening(document: Docx, said: dict[str, Any]) -> None:
    caption = document.add_paragraph().add_run(said["competition"])
    caption.font.color.rgb = QUIET
    document.add_heading(said["title"], 1)
    if said["draft"]:
        document.add_paragraph().add_run(
            _("Draft: the meeting is not closed yet, so this is not to be signed.")
        ).bold = True
    if said["extract"]:
        document.add_paragraph().add_run(
            _("What is closed to its reader is left out. An extract is not signed.")
        ).bold = True
    ended = f"–{said['ended_at']['clock']}" if said["ended_at"] else ""
    for label, value in (
        (_("Number"), said["number"]),
        (_("Date"), said["at"]["long"]),
        (_("Time"), said["at"]["clock"] + ended),
        (_("Place"), said["place"]),
        (_("The committee was appointed by"), said["order"]),
        *([(_("Minutes kept by"), said["kept_by"])] if said["kept_by"] else []),
    ):
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(2)
        line.add_run(f"{label}: ").font.color.rgb = QUIET
        line.add_run(value)


def _attendance(document: Docx, said: dict[str, Any]) -> None:
    _table(
        document,
        (_("Name"), _("Role"), _("Attendance")),
        [
            (
                one["name"],
                one["role"],
                _lines(_("present") if one["present"] else _("absent"), one["note"]),
            )
            for one in said["attendees"] + said["others"]
        ],
        (65, 55, 45),
    )
    document.add_paragraph(
        _(
            "%(present)s of %(entitled)s members with a vote are present.",
            present=said["present"],
            entitled=said["entitled"],
        )
        + " "
        + (
            _("There is a quorum, and the committee may decide.")
            if said["quorate"]
            else _("There is no quorum, and the committee may not decide.")
        )
    )


def _agenda(document: Docx, said: dict[str, Any]) -> None:
    for item in said["agenda"]:
        document.add_paragraph(item, style="List Number")


def _conflicts(document: Docx, said: dict[str, Any]) -> None:
    document.add_paragraph(
        _("Declarations are still owed by: %(names)s.", names=", ".join(said["undeclared"]))
        if said["undeclared"]
        else _(
            "Every member has declared, for each application, whether they have a conflict of"
            " interest."
        )
    )
    if not said["recusals"]:
        document.add_paragraph(_("Nobody is recused."))
        return
    _table(
        document,
        (_("Member"), _("Takes no part in"), _("Reason")),
        [
            (one["name"], one["application"], _lines(one["reason"], one["note"]))
            for one in said["recusals"]
        ],
        (45, 70, 50),
    )


def _ranking(document: Docx, said: dict[str, Any]) -> None:
    document.add_paragraph(
        _("The total is the weighted sum of the criteria's means over the submitted score sheets.")
    )
    if said["total_minimum"] is not None:
        document.add_paragraph(
            _(
                "An application needs at least %(minimum)s points in total, and the minimum of each"
                " criterion.",
                minimum=said["total_minimum"],
            )
        )
    if said["grants"] is not None:
        document.add_paragraph(
            _("%(grants)s grants of %(amount)s", grants=said["grants"], amount=said["amount"])
            if said["amount"]
            else _("%(grants)s grants", grants=said["grants"])
        )
    _table(
        document,
        (_("Place"), _("Application"), _("Applicant and project"), _("Total"), _("Sheets")),
        [
            (
                f"{one['place']}." if one["place"] else "–",
                one["number"],
                _lines(one["applicant"], one["project"], one["remark"]),
                one["total"],
                _lines(str(one["sheets"]), one["quorum"]),
            )
            for one in said["ranking"]
        ],
        (13, 33, 79, 18, 22),
        figures=(0, 3, 4),
    )


def _discussion(document: Docx, said: dict[str, Any]) -> None:
    for one in said["discussion"]:
        if one["heading"]:
            document.add_heading(one["heading"], 3)
        for paragraph in one["text"].split("\n\n") if one["text"] else []:
            document.add_paragraph(paragraph)
        for item in one["items"]:
            document.add_paragraph(item, style="List Bullet")


def _votes(document: Docx, said: dict[str, Any]) -> None:
    for one in said["votes"]:
        document.add_heading(one["question"], 3)
        document.add_paragraph(one["count"])
        if one["quorum"]:
            document.add_paragraph(_("May vote and are present: %(quorum)s.", quorum=one["quorum"]))
        if one["excluded"]:
            document.add_paragraph(_("Recused: %(names)s.", names=", ".join(one["excluded"])))
        if one["by_name"]:
            names = (f"{fact['label']}: {fact['value']}" for fact in one["by_name"])
            document.add_paragraph("; ".join(names))
        for line in one["apart"]:
            document.add_paragraph(line, style="List Bullet")
        document.add_paragraph().add_run(one["result"]).bold = True


def _resolutions(document: Docx, said: dict[str, Any]) -> None:
    _table(
        document,
        (_("Application"), _("Applicant"), _("Decision"), _("Sum")),
        [
            (
                one["number"],
                one["applicant"],
                _lines(one["outcome"], one["remark"]),
                one["amount"] or "–",
            )
            for one in said["resolutions"]
        ],
        (34, 66, 42, 23),
        figures=(3,),
    )


def _enclosures(document: Docx, said: dict[str, Any]) -> None:
    for item in said["enclosures"]:
        document.add_paragraph(item, style="List Bullet")


def _signatures(document: Docx, said: dict[str, Any]) -> None:
    """The outcome and, on the same page, the lines to sign on."""
    for text in said["closing"]:
        document.add_paragraph(text).paragraph_format.keep_with_next = True
    for one in said["signatories"]:
        line = document.add_paragraph()
        line.paragraph_format.keep_with_next = one is not said["signatories"][-1]
        line.paragraph_format.space_before = Pt(24)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(65))
        line.paragraph_format.tab_stops.add_tab_stop(Mm(120))
        line.add_run(f"{one['role']}\t{'_' * 24}\t{one['name']}")


def _annex(document: Docx, said: dict[str, Any]) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    document.add_heading(_("Annex. Means by criterion"), 2)
    codes = [one["code"] for one in said["criteria"]]
    mean = min(15, 130 / len(codes))
    _table(
        document,
        (_("Application"), _("Applicant"), *codes, _("Total"), _("Sheets")),
        [
            (one["number"], one["applicant"], *one["means"], one["total"], str(one["sheets"]))
            for one in said["ranking"]
        ],
        (34, 252 - 34 - 40 - mean * len(codes), *[mean] * len(codes), 18, 22),
        figures=range(2, len(codes) + 4),
    )
    for one in said["criteria"]:
        limit = (
            str(one["greatest"])
            if one["minimum"] is None
            else _(
                "%(greatest)s, at least %(minimum)s",
                greatest=one["greatest"],
                minimum=one["minimum"],
            )
        )
        line = document.add_paragraph(f"{one['code']}  {one['title']} ({limit})")
        line.paragraph_format.space_after = Pt(0)


if __name__ == "__main__":
    main()
