"""Letters as they read: one source, two forms, and names that stay names."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from jinja2 import UndefinedError, nodes

from portal.core.messages.composing import Address, ComposedText, compose
from portal.grants.awards.models import Outcome
from tests.core.messages.samples import URL, decision, letters, reader

FOLDER = Path(__file__).parents[3] / "templates" / "emails"
TEMPLATES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.txt"))
EVIL = (
    '<script>alert(1)</script> & "q"\r\nBcc: x@y.lv\n\n- [a](http://evil.example)\x01\x02\x03\x04'
)

pytestmark = pytest.mark.usefixtures("ctx")


def words(letter: ComposedText) -> tuple[list[str], list[str]]:
    """The words of the text and of the HTML; the addresses of links stand only in the text."""
    page = BeautifulSoup(letter.html, "lxml")
    for link in page.select("a"):
        link.insert_after(f": {link['href']}")
    return letter.text.replace("\n- ", "\n ").split(), page.get_text(" ").replace(" :", ":").split()


def test_every_letter_has_a_sample() -> None:
    assert not set(TEMPLATES) - set(letters())
    assert len(TEMPLATES) >= 18


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_both_forms_say_the_same(template: str, language: str) -> None:
    letter = compose(template, reader(), language, **letters()[template])
    text, html = words(letter)
    assert text == html
    assert "\n" not in letter.subject and letter.subject.strip()
    assert (URL in letter.text) == ("link(" in (FOLDER / f"{template}.txt").read_text())
    assert "\n\n\n" not in letter.text and not any(c < " " for c in letter.text if c != "\n")


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_people_type_is_never_markup_a_header_or_a_link(template: str) -> None:
    letter = compose(template, reader(name=f"Eva {EVIL}"), **letters(EVIL)[template])
    page = BeautifulSoup(letter.html, "lxml")
    assert {tag.name for tag in page.body.find_all(True)} <= {"p", "ul", "li", "br", "a"}
    assert {link["href"] for link in page.select("a")} <= {URL}
    assert not any(character < " " or character == "\x7f" for character in letter.subject)
    text, html = words(letter)
    assert text == html


def test_a_letter_reads_in_the_language_of_its_reader() -> None:
    context = letters()["evaluation/sheets_due"]
    assert (
        "Youth initiative"
        in compose("evaluation/sheets_due", reader(language="en"), **context).subject
    )
    assert "Jauniešu iniciatīvu" in compose("evaluation/sheets_due", reader(), **context).subject


def test_nobody_is_greeted_without_a_name() -> None:
    letter = compose(
        "accounts/invitation", Address("jauns@example.lv", "en"), **letters()["accounts/invitation"]
    )
    assert letter.text.startswith("Jānis")


@pytest.mark.parametrize(
    "template", ["applications/registered", "awards/decision", "awards/promoted", "awards/declined"]
)
def test_what_an_applicant_wrote_is_not_sent_to_an_address_that_may_be_anybody_s(
    template: str,
) -> None:
    """Anybody can put a stranger's address on an application on paper."""
    context = letters()[template]
    letter = compose(template, Address("kads@example.lv", "lv"), **context)
    whole = letter.subject + letter.text
    assert context["application"].number in whole
    assert "Ārā no istabas" not in whole and "Nav vadītāja" not in whole


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_letter_says_what_is_decided_and_what_comes_next(outcome: Outcome) -> None:
    context = {**letters()["awards/decision"], "decision": decision(outcome)}
    letter = compose("awards/decision", reader(language="en"), **context)
    granted = outcome in (Outcome.APPROVE, Outcome.CONDITIONS)
    assert ("€4,600" in letter.text) == granted
    assert ("agreement" in letter.text) == granted
    assert ("reserve list" in letter.text) == (outcome is Outcome.RESERVE)
    assert ("Precizēt tāmi." in letter.text) == (outcome is Outcome.CONDITIONS)
    assert "You can appeal" in letter.text and "7-11/4" in letter.text


def test_typed_lines_stay_lines() -> None:
    context = letters()["competitions/answered"]
    context["inquiry"].answer = "Jā, drīkst.\nJa abi ir klāt.\n\n\nVēlam veiksmi!"
    letter = compose("competitions/answered", reader(), **context)
    assert "Jā, drīkst.\nJa abi ir klāt.\n\nVēlam veiksmi!" in letter.text
    assert "Jā, drīkst.<br>\nJa abi ir klāt.</p>\n<p>Vēlam veiksmi!</p>" in letter.html


def test_only_a_web_address_becomes_a_link() -> None:
    for url in ("javascript:alert(1)", "http://x/\nBcc: y", "/page"):
        with pytest.raises(ValueError, match="not a link"):
            compose("accounts/confirm", reader(), url=url, hours=1)


def test_a_missing_name_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        compose("evaluation/clarification_received", reader(), url=URL)


def test_no_template_marks_anything_as_markup(app: Flask) -> None:
    """Words reach a letter as data: nothing is safe, unescaped, or glued together in a template."""
    seen = 0
    for path in FOLDER.rglob("*"):
        if path.is_dir():
            continue
        seen += 1
        tree = app.jinja_env.parse(path.read_text())
        for kind in (
            nodes.MarkSafe,
            nodes.MarkSafeIfAutoescape,
            nodes.Concat,
            nodes.Add,
            nodes.ScopedEvalContextModifier,
            nodes.EvalContextModifier,
        ):
            assert tree.find(kind) is None, f"{path}: {kind.__name__}"
        filters = {node.name for node in tree.find_all(nodes.Filter)}
        assert not filters & {"safe", "forceescape", "tojson", "urlize", "xmlattr", "format"}, path
        names = {node.name for node in tree.find_all(nodes.Name)}
        assert "Markup" not in names, path
        assert "<" not in path.read_text() or path.name == "page.html", f"{path}: markup"
    assert seen >= len(TEMPLATES)
