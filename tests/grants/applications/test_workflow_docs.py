"""docs/workflows.md shows the very table that an application moves by."""

from pathlib import Path

from portal.grants.applications.rules import WORKFLOW

PAGE = Path(__file__).parents[3] / "docs" / "workflows.md"


def test_the_diagram_of_an_application_is_the_table() -> None:
    assert WORKFLOW.diagram() in PAGE.read_text("utf-8")
