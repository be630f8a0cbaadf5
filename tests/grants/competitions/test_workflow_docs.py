"""docs/workflows.md shows the very table that the code moves by."""

from pathlib import Path

from portal.grants.competitions.rules import WORKFLOW

PAGE = Path(__file__).parents[3] / "docs" / "workflows.md"


def test_the_diagram_of_a_competition_is_the_table():
    assert f"```mermaid\n{WORKFLOW.diagram()}\n```" in PAGE.read_text("utf-8")
