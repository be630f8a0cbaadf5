"""Nothing asks which kind a question is of: whatever differs is asked of its kind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from portal.core.questions.registry import all_kinds

ROOT = Path(__file__).parents[3]
CODES = {kind.code for kind in all_kinds()}
IN_TEMPLATES = re.compile(
    r"\bkind\b[^%}]*(?:==|!=|\bin\b|equalto)[^%}]*[\"'](?:" + "|".join(CODES) + ")[\"']"
)


def cases(tree: ast.AST) -> Iterator[str]:
    """Comparisons of something called a kind with the code of one, and matches on it."""
    for node in ast.walk(tree):
        subject = node.left if isinstance(node, ast.Compare) else getattr(node, "subject", None)
        if subject is None or "kind" not in ast.unparse(subject):
            continue
        said = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
        if said & CODES:
            yield f"{node.lineno}: {ast.unparse(subject)}"  # type: ignore[attr-defined]


def test_nothing_matches_on_the_kinds_of_questions() -> None:
    found = {
        str(path.relative_to(ROOT)): list(cases(ast.parse(path.read_text())))
        for path in (ROOT / "portal").rglob("*.py")
    }
    assert len(found) > 200
    assert {path: where for path, where in found.items() if where} == {}


def test_no_template_asks_which_kind_a_question_is_of() -> None:
    templates = list((ROOT / "templates").rglob("*.html"))
    assert IN_TEMPLATES.search('{% if question.kind == "file" %}')
    assert IN_TEMPLATES.search('{{ questions | selectattr("kind", "equalto", "file") }}')
    assert [str(one) for one in templates if IN_TEMPLATES.search(one.read_text())] == []
