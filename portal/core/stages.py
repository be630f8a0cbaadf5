"""What a stage adds to the application, declared in its `wiring.py` only:

    STAGE = Stage(
        name="awards",
        pages=(board, own, results),
        tasks=(tasks.of_board,),
        journal=(journal.VOCABULARY,),
    )

`create_app` gets the packages' names in order (portal/__init__.py); the navigation, the desk, the
journal and open data read the stages' contributions here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar, cast

import click
from flask import Blueprint, Flask, current_app

from portal.core.accounts.models import Person
from portal.core.audit.vocabulary import Vocabulary, together
from portal.core.desk import Task
from portal.core.errors import Message
from portal.core.pages import Place, navigation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FirstPage:
    """A possible first page after signing in.

    Of several for a person, the one with the lowest order is used.
    """

    endpoint: str
    concerns: Callable[[Person], object]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Dataset:
    """Open data: /open-data/<name>.json, described at /open-data.

    `records` returns the content, plain JSON, for publication.
    """

    name: str
    about: Message
    records: Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage's contributions to the application."""

    name: str
    pages: Sequence[Blueprint] = ()
    navigation: Sequence[Place] = ()
    first_pages: Sequence[FirstPage] = ()
    tasks: Sequence[Callable[[Person], Iterable[Task]]] = ()  # on the board's desk
    journal: Sequence[Vocabulary] = ()
    datasets: Sequence[Dataset] = ()
    commands: Sequence[click.Command] = ()
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)  # of templates
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)  # of templates
    # Modules of the package whose import registers jobs (core/jobs.py), or implementations of hooks
    # (core/hooks.py): "implementations", "register.jobs".
    modules: Sequence[str] = ()
    setup: Callable[[Flask], None] | None = None  # further setup of the application


@dataclass(frozen=True, slots=True)
class _Registered:
    stages: Sequence[Stage]
    vocabulary: Vocabulary


def register(app: Flask, packages: Sequence[str]) -> None:
    """Register the stages of these packages with `app`, in their order."""
    stages = [cast(Stage, import_module(f"{package}.wiring").STAGE) for package in packages]
    for package, stage in zip(packages, stages, strict=True):
        for module in stage.modules:
            import_module(f"{package}.{module}")
        for blueprint in stage.pages:
            app.register_blueprint(blueprint)
        for command in stage.commands:
            app.cli.add_command(command)
        for place in stage.navigation:
            navigation(app).add(place)
        app.jinja_env.filters.update(stage.filters)
        app.jinja_env.globals.update(stage.functions)
        if stage.setup is not None:
            stage.setup(app)
    words = together([one for stage in stages for one in stage.journal])
    app.extensions["asns.stages"] = _Registered(stages, words)


def tasks_of(actor: Person) -> list[Task]:
    """All tasks of the actor, the longest wait first."""
    found = [task for tasks in _all("tasks") for task in tasks(actor)]
    return sorted(found, key=lambda task: task.since)


def first_page_of(person: Person) -> str | None:
    """The endpoint of the person's first page, if a stage has one for them."""
    offered = sorted(_all("first_pages"), key=lambda page: page.order)
    return next((page.endpoint for page in offered if page.concerns(person)), None)


def datasets() -> list[Dataset]:
    """The open data of all stages."""
    return _all("datasets")


def vocabulary() -> Vocabulary:
    """The journal's vocabulary of all stages."""
    return _registered().vocabulary


def _all(what: str) -> list[Any]:
    return [one for stage in _registered().stages for one in getattr(stage, what)]


def _registered() -> _Registered:
    return cast(_Registered, current_app.extensions["asns.stages"])
