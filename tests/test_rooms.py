"""The rooms of docs/architecture.md, as far as a reader of syntax can see them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ForeignKey, Table

from portal.core import migrate
from portal.core.db import Base

ROOT = Path(__file__).parents[1]
PORTAL = sorted((ROOT / "portal").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))

# Verbs that stand elsewhere: a session's, the applicant's half of a check, the demo's own, and the
# marks between which its data are half loaded.
VERBS_ELSEWHERE = {
    "portal/core/accounts/demo/cast.py",
    "portal/core/accounts/sign_in.py",
    "portal/core/demo.py",
    "portal/grants/evaluation/eligibility/replies.py",
    "portal/site/demo/people.py",
}

# What an application and its applicant are called now, and who may say so: the pages on which its
# own people write it, and the one place that shows beside a decision what has changed since.
CALLED_NOW = re.compile(r"draft_title|organisation\.name|Organisation\.name|partner\.name")
THEIR_OWN = (
    "portal/core/accounts",
    "portal/grants/applications/drafts",
    "portal/site/demo",
    "portal/grants/applications/models.py",
    "portal/grants/applications/printed.py",  # of the draft, and of what is sealed
    "portal/grants/applications/queries.py",  # what a seal covers
    "portal/grants/applications/intake/service.py",
    "portal/grants/applications/submission/views.py",
    "portal/site/roles/queries.py",  # whose member somebody became
    "templates/accounts",
    "templates/admin",
    "templates/emails/accounts",
    "templates/grants/applications/drafts",
    "templates/grants/applications/submission",
    "templates/grants/applications/_content.html",  # sealed content, for all
    "templates/grants/awards/decisions.html",
)


def called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path, name: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(ast.parse(path.read_text()))
    )


def test_only_its_own_people_read_what_an_application_is_called_now() -> None:
    """All others read what was sealed (applications.models.Counted), or what a decision names."""
    readers = {
        called(path)
        for path in (*PORTAL, *TEMPLATES)
        if CALLED_NOW.search(path.read_text(errors="replace"))
    }
    assert readers
    assert {path for path in readers if not path.startswith(THEIR_OWN)} == set()


def test_only_services_write() -> None:
    writers = {called(path) for path in PORTAL if calls(path, "unit_of_work")}
    elsewhere = {path for path in writers if not path.endswith("/service.py")}
    assert elsewhere == VERBS_ELSEWHERE


def test_views_and_forms_ask_the_database_nothing() -> None:
    rooms = [path for path in PORTAL if path.name in ("views.py", "forms.py", "rules.py")]
    assert [called(path) for path in rooms if calls(path, "select")] == []


def test_the_ground_floor_names_no_noun_of_a_wing() -> None:
    """Neither a table, by itself or in SQL, nor a column that leads to one; and none of its own."""
    tables = {table: module.startswith("portal.core.") for table, module in mapped()}
    theirs = {table.name for table, is_core in tables.items() if not is_core}
    leading = [key for table in tables for key in table.foreign_keys if led(key) in theirs]
    columns = {key.parent.name for key in leading}
    assert len(theirs) > 20 and "competition_id" in columns
    names = "|".join(theirs)
    noun = re.compile(
        rf"\b({'|'.join(columns)})\b|\b(FROM|JOIN|INTO|UPDATE|TABLE) ({names})\b"
        rf"|[\"']({names})(\.\w+)?[\"']"
    )
    naming = {called(path) for path in PORTAL if noun.search(path.read_text())}
    papers = {"portal/core/documents/programs/word.py"}  # its words are parts of a paper
    assert {path for path in naming if path.startswith("portal/core/")} - papers == set()
    assert [key for key in leading if tables[key.parent.table]] == []


def mapped() -> Iterator[tuple[Table, str]]:
    """Every table of a model, and the module that says so."""
    migrate.metadata()
    for mapper in Base.registry.mappers:
        if isinstance(mapper.local_table, Table):
            yield mapper.local_table, mapper.class_.__module__


def led(key: ForeignKey) -> str:
    return key.column.table.name
