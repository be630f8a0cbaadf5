"""docs/workflows.md shows the very table that a claim moves by."""

from pathlib import Path

from portal.core.accounts.claims.rules import WORKFLOW

PAGE = Path(__file__).parents[4] / "docs" / "workflows.md"


def test_the_diagram_of_a_claim_is_the_table() -> None:
    assert WORKFLOW.diagram() in PAGE.read_text("utf-8")
