"""Registers what forms of questions add to the application."""

from portal.core.questions.journal import VOCABULARY
from portal.core.stages import Stage

STAGE = Stage(name="questions", journal=(VOCABULARY,))
