"""The rooms of docs/architecture.md, as far as a reader of syntax can see them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PORTAL = sorted((ROOT / "portal").rglob("*.py"))
WRITTEN = sorted(
    path for part in ("portal", "tests", "tools") for path in ROOT.glob(f"{part}/**/*.py")
)

# Verbs that stand elsewhere: a session's, the applicant's half of a check, the demo's own, and the
# marks between which its data are half loaded.
VERBS_ELSEWHERE = {
    "portal/core/accounts/demo/cast.py",
    "portal/core/accounts/sign_in.py",
    "portal/grants/evaluation/eligibility/replies.py",
    "portal/serve.py",
    "portal/site/demo/people.py",
}
MOST_LINES = 400
MOST_LINES_OF_A_HANDLER = 15


def called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_handler(function: ast.FunctionDef) -> bool:
    """Whether a blueprint's route, get or post decorates it."""
    return any(
        isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr in ("route", "get", "post")
        for mark in function.decorator_list
    )


def lines_of(function: ast.FunctionDef) -> int:
    """The lines of its body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1


def calls(path: Path, name: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(ast.parse(path.read_text()))
    )


@pytest.mark.parametrize("path", WRITTEN, ids=called)
def test_a_file_holds_one_noun(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_a_handler_loads_takes_a_form_runs_a_verb_and_renders() -> None:
    handlers = [
        (called(path), one) for path in PORTAL for one in functions(path) if is_handler(one)
    ]
    assert len(handlers) > 100
    long = {f"{path}: {one.name}": lines_of(one) for path, one in handlers}
    assert {name: n for name, n in long.items() if n > MOST_LINES_OF_A_HANDLER} == {}


def test_only_services_write() -> None:
    writers = {called(path) for path in PORTAL if calls(path, "unit_of_work")}
    elsewhere = {path for path in writers if not path.endswith("/service.py")}
    assert elsewhere == VERBS_ELSEWHERE


def test_views_and_forms_ask_the_database_nothing() -> None:
    rooms = [path for path in PORTAL if path.name in ("views.py", "forms.py", "rules.py")]
    assert [called(path) for path in rooms if calls(path, "select")] == []
