"""What toys bring to the application. Nothing else says that there are any."""

from collections.abc import Iterable

from flask import Blueprint, url_for

from portal.core import clock
from portal.core.access import public
from portal.core.accounts.models import Person
from portal.core.audit.vocabulary import Vocabulary
from portal.core.desk import Task
from portal.core.pages import Place
from portal.core.stages import Dataset, Stage

views = Blueprint("toys", __name__)


@views.get("/toys")
@public()
def index() -> str:
    return "Toys"


def to_wind(actor: Person) -> Iterable[Task]:
    return [Task("Wind up the bear", url_for("toys.index"), clock.now())]


STAGE = Stage(
    name="toys",
    pages=(views,),
    navigation=(Place("Toys", "toys.index"),),
    tasks=(to_wind,),
    journal=(
        Vocabulary(
            events={"toy.wound": "A toy was wound up"},
            facts={"turns": "Turns"},
            values={"turns": lambda turns: f"{turns} times round"},
        ),
    ),
    datasets=(Dataset("toys", "Every toy", lambda: [{"name": "Bear"}]),),
    modules=("jobs",),
)
