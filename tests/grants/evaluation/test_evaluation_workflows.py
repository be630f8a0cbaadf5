"""docs/workflows.md shows the very tables that checks and sheets move by."""

from pathlib import Path

import pytest

from portal.core.workflow import Workflow
from portal.grants.evaluation.eligibility.rules import WORKFLOW as CHECK
from portal.grants.evaluation.scoring.rules import WORKFLOW as SHEET

PAGE = Path(__file__).parents[3] / "docs" / "workflows.md"


@pytest.mark.parametrize("workflow", [CHECK, SHEET], ids=lambda workflow: workflow.name)
def test_the_diagram_is_the_table(workflow: Workflow) -> None:
    assert workflow.diagram() in PAGE.read_text("utf-8")
