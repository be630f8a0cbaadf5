"""Every event, column and fact that the code can write to the journal has words.

What it can write is asked of the code: its syntax trees and its tables.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Enum

from portal.core.audit.vocabulary import Vocabulary
from portal.core.db import Base
from portal.core.stages import vocabulary
from portal.site.journal import labels

PORTAL = Path(__file__).parents[2] / "portal"
Scope = ast.FunctionDef | ast.Module


@cache
def modules() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text()) for path in sorted(PORTAL.rglob("*.py")))


@cache
def all_calls() -> tuple[tuple[Scope, ast.Call, str], ...]:
    """Every call, with the function in which it stands and the name that is called."""

    def within(scope: Scope, node: ast.AST) -> Iterator[tuple[Scope, ast.Call, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                called = getattr(child.func, "id", "") or getattr(child.func, "attr", "")
                yield scope, child, called
            yield from within(child if isinstance(child, ast.FunctionDef) else scope, child)

    return tuple(call for module in modules() for call in within(module, module))


def calls(name: str) -> list[tuple[Scope, ast.Call]]:
    return [(scope, call) for scope, call, called in all_calls() if called == name]


def texts(scope: Scope, value: ast.expr) -> set[str]:
    """The texts that an argument can be: written there, chosen there, or handed on to there."""
    match value:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp():
            return texts(scope, value.body) | texts(scope, value.orelse)
        case ast.Name(id=name):
            if isinstance(scope, ast.FunctionDef) and name in (
                own := [a.arg for a in scope.args.args]
            ):
                return handed_to(scope.name, name, own)
            return assigned(scope, name) or set().union(*(assigned(m, name) for m in modules()))
        case ast.Attribute(value=ast.Name(id="owner"), attr=name):
            return set().union(
                *(
                    texts(made, one.value)
                    for owner in ("AnswersOwner", "FormOwner", "CallFormOwner")
                    for made, call in calls(owner)
                    for one in call.keywords
                    if one.arg == name
                )
            )
    raise AssertionError(f"which text is {ast.unparse(value)}?")


def handed_to(function: str, parameter: str, own: list[str]) -> set[str]:
    """What callers give for a parameter of a function, or of a method: `own` are all it has."""
    of_something = own[0] == "self"
    place, found = own.index(parameter) - of_something, set[str]()
    for scope, call in calls(function):
        if of_something and not isinstance(call.func, ast.Attribute):
            continue
        named = [one.value for one in call.keywords if one.arg == parameter]
        found |= texts(scope, (named or call.args[place : place + 1])[0])
    return found


def assigned(scope: Scope, name: str) -> set[str]:
    body = scope.body if isinstance(scope, ast.Module) else list(ast.walk(scope))
    pairs = [
        pair
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for pair in (
            zip(target.elts, node.value.elts, strict=True)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            else [(target, node.value)]
        )
    ]
    values = [value for target, value in pairs if getattr(target, "id", None) == name]
    return set().union(*(texts(scope, value) for value in values))


def events() -> set[str]:
    """What `unit_of_work(actor, event, …)` is called with, and what a verb renames itself to."""
    found = set().union(*(texts(scope, call.args[1]) for scope, call in calls("unit_of_work")))
    for module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "work.event":
                found |= texts(module, node.value)
    return found


def facts() -> set[str]:
    """The names that `work.note(name=…)` gives to facts."""
    names = [keyword.arg for _, call in calls("note") for keyword in call.keywords]
    assert None not in names, "facts are noted by their names"
    return {str(name) for name in names}


@pytest.fixture
def said(app: Flask) -> Vocabulary:
    with app.app_context():
        return vocabulary()


def columns(said: Vocabulary) -> Iterator[tuple[str, str, list[str]]]:
    """Every column that the journal may show, with its codes where it has some."""
    for mapper in Base.registry.mappers:
        table = getattr(mapper.local_table, "name", "")
        for name in mapper.class_.__journal__ or () if table in said.tables else ():
            if name not in said.internal and not name.endswith("_id"):
                kind = mapper.columns[name].type
                yield table, name, list(kind.enums) if isinstance(kind, Enum) else []


def test_every_event_has_its_words(said: Vocabulary) -> None:
    found = events()
    assert {"section.added", "demo.loaded", "conflict.none_declared", "role.given"} <= found
    assert found - set(said.events) == set()
    assert set(said.events) - found == set(), "nobody writes these any more"


def test_every_fact_has_its_words(said: Vocabulary) -> None:
    assert facts() == set(said.facts)


def test_every_column_and_code_has_its_words(app: Flask, said: Vocabulary) -> None:
    found = list(columns(said))
    assert {column for _table, column, _codes in found} == set(said.columns)
    with app.test_request_context(), force_locale("lv"):
        for table, column, codes in found:
            for code in codes:
                assert labels.value(code, column, table) != code, f"{table}.{column}: {code}"


@pytest.mark.parametrize(
    ("value", "code", "table", "reads"),
    [
        ("chair", "role", "role_grants", "komisijas priekšsēdētājs"),
        (["chair", "member"], "roles", "", "komisijas priekšsēdētājs, komisijas loceklis"),
        ("yes", "verdict", "eligibility_answers", "Jā"),
        (None, "each", "", "visi komisijas locekļi"),
        ([50, 40, 10], "instalments", "competitions", "50 % + 40 % + 10 %"),
        ("2.50", "minimum", "criteria", "2,5"),
        (460000, "fixed_sum", "competitions", "4 600 €"),
        ("2026-04-14", "since", "role_grants", "14.04.2026."),
        ("2026-04-14T13:59:59+00:00", "deadline", "competitions", "14.04.2026. 16.59.59"),
        (["youth_group"], "eligible_kinds", "competitions", "jauniešu iniciatīvu grupa"),
        ([{"lv": "nav", "en": "none", "points": "0.5"}], "levels", "criteria", "0,5: nav"),
        ({"max_length": 120, "unit": {"lv": "€", "en": "€"}}, "settings", "", "120; mērvienība: €"),
        (
            [{"field": "grants", "old": 8, "new": 9}],
            "changes",
            "amendments",
            "Atbalstāmo projektu skaits: 8 → 9",
        ),
        ({"equals": "grant"}, "settings", "", "tieši: konkursā noteiktā summa"),
        (["LIE-1", "LIE-2"], "applications", "", "LIE-1, LIE-2"),
        (True, "reserve_public", "competitions", "jā"),
    ],
)
def test_values_read_as_people_say_them(
    app: Flask, value: object, code: str, table: str, reads: str
) -> None:
    with app.test_request_context(), force_locale("lv"):
        assert reads in labels.value(value, code, table).replace("\xa0", " ")
