"""Registers what awards add to the application."""

from portal.core.stages import Stage
from portal.grants.awards.journal import VOCABULARY
from portal.grants.awards.tasks import TASKS
from portal.grants.awards.views import board, own, results

STAGE = Stage(
    name="awards",
    pages=(board, own, results),
    tasks=TASKS,
    journal=(VOCABULARY,),
    modules=("implementations",),
)
