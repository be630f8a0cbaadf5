"""Registers what the journal adds to the application."""

from portal.core.audit.cli import verify
from portal.core.audit.vocabulary import Vocabulary
from portal.core.stages import Stage

STAGE = Stage(
    name="audit",
    modules=("jobs",),
    commands=(verify,),
    journal=(Vocabulary(internal=frozenset({"id", "version", "created_at"})),),
)
