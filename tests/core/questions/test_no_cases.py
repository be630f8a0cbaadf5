"""Nothing asks which kind a question is of: whatever differs is asked of its kind.

Nor does a template ask for the settings of a kind; and what the ground floor says is true of
whatever a wing asks.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from portal.core.questions.registry import all_kinds
from tools import translations

ROOT = Path(__file__).parents[3]
CODES = {kind.code for kind in all_kinds()}
NAMED = {code.upper() for code in CODES} | {type(kind).__name__ for kind in all_kinds()}
IN_TEMPLATES = re.compile(
    rf"\bkind\b[^%}}]*(?:==|!=|\bin\b|equalto)[^%}}]*[\"'](?:{'|'.join(CODES)})[\"']"
    rf"|[\"'](?:{'|'.join(CODES)})[\"']\s*(?:==|!=)[^%}}]*\bkind\b"
    r"|\bquestion\.settings\b"
)
# What only a wing has: of grants so far.
OF_WINGS = re.compile(
    r"\b(applica\w+|grants?|competitions?|calls?|committees?|jur(y|ies)|eligib\w+|officers?|boards?"
    r"|municipal\w+|projects?|schools?|pupils?)\b",
    re.IGNORECASE,
)


def cases(tree: ast.AST) -> Iterator[str]:
    """Where something called a kind is compared with one, by its code or itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
            case ast.Match(subject=subject, cases=branches):
                sides = [subject, *(branch.pattern for branch in branches)]
            case ast.Call(func=ast.Name(id="isinstance"), args=[one, other]):
                sides = [one, other]
            case _:
                continue
        of_kinds = [side for side in sides if "kind" in ast.unparse(side)]
        if of_kinds and any(map(names_a_kind, sides)):
            yield f"{node.lineno}: {ast.unparse(of_kinds[0])}"


def names_a_kind(side: ast.AST) -> bool:
    return any(
        (isinstance(one, ast.Constant) and one.value in CODES)
        or (isinstance(one, ast.Name) and one.id in NAMED)
        for one in ast.walk(side)
    )


@pytest.mark.parametrize(
    "case",
    [
        "question.kind == 'file'",
        "'file' == question.kind",
        "question.kind in ('file', 'picture')",
        "question.kind != TABLE.code",
        "kind_of(question.kind) is TABLE",
        "isinstance(kind_of(question.kind), Picture)",
        "match question.kind:\n    case 'file': pass",
        "match kind_of(question.kind):\n    case File(): pass",
    ],
)
def test_a_case_is_found(case: str) -> None:
    assert list(cases(ast.parse(case)))


def test_nothing_matches_on_the_kinds_of_questions() -> None:
    found = {
        str(path.relative_to(ROOT)): list(cases(ast.parse(path.read_text())))
        for path in (ROOT / "portal").rglob("*.py")
    }
    assert len(found) > 200
    assert {path: where for path, where in found.items() if where} == {}


@pytest.mark.parametrize(
    "case",
    [
        '{% if question.kind == "file" %}',
        '{% if "file" == question.kind %}',
        '{{ questions | selectattr("kind", "equalto", "file") }}',
        "{% if question.settings.several %}",
    ],
)
def test_a_case_in_a_template_is_found(case: str) -> None:
    assert IN_TEMPLATES.search(case)


def test_no_template_asks_which_kind_a_question_is_of() -> None:
    templates = list((ROOT / "templates").rglob("*.html"))
    assert [str(one) for one in templates if IN_TEMPLATES.search(one.read_text())] == []


def test_the_ground_floor_has_no_words_of_a_wing() -> None:
    said = [
        text
        for folder in ("portal/core/questions", "templates/core")
        for _file, _line, texts, _comments, _context in extract_from_dir(
            ROOT / folder,
            [("**.py", "python"), ("**.html", "jinja2")],
            {"**.html": translations.OPTIONS["templates/**.html"]},
            translations.KEYWORDS,
        )
        for text in ([texts] if isinstance(texts, str) else texts)
    ]
    assert len(said) > 150
    assert [text for text in said if OF_WINGS.search(text)] == []
