"""Registers the worker and the demo's mail."""

from flask_babel import lazy_gettext as _l

from portal.core.audit.vocabulary import Vocabulary
from portal.core.messages.cli import worker
from portal.core.messages.views import views
from portal.core.stages import Stage

STAGE = Stage(
    name="messages",
    pages=(views,),
    modules=("jobs",),
    commands=(worker,),
    journal=(Vocabulary(events={"letter.sent_again": _l("Letter sent again")}),),
)
