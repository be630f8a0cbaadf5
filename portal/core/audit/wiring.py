"""Registers what the journal adds to the application."""

from portal.core.audit.cli import verify
from portal.core.audit.jobs import seal
from portal.core.audit.vocabulary import Vocabulary
from portal.core.stages import Stage

STAGE = Stage(
    name="audit",
    jobs=(seal,),
    commands=(verify,),
    journal=(Vocabulary(internal=frozenset({"id", "version", "created_at"})),),
)
