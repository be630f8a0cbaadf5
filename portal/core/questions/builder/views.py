"""The builder's pages. Each owner of forms mounts them among its own pages."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.access import loader, may, requires, signed_in
from portal.core.db import Words
from portal.core.forms import carried_out, form_page
from portal.core.questions.builder import queries, service
from portal.core.questions.builder.forms import SectionForm
from portal.core.questions.builder.owner import FormOwner, offer
from portal.core.questions.forms import form_of
from portal.core.questions.kinds.settings import QuestionForm
from portal.core.questions.models import Question, Section
from portal.core.questions.registry import all_kinds, kind_of

FOLDER = "core/questions/builder"

OwnerOf = Callable[..., FormOwner]
_owners: dict[str, tuple[OwnerOf, StrEnum]] = {}  # by blueprint: the owner, and the right to change


def blueprint(
    name: str, url_prefix: str, owner_of: OwnerOf, *, see: StrEnum, change: StrEnum
) -> Blueprint:
    """The builder's pages under `url_prefix`; `owner_of` makes the owner from its loaded objects.

    `see` is the right to look at the form, `change` the right to change it.
    """
    views = Blueprint(name, __name__, url_prefix=url_prefix)
    _owners[name] = owner_of, change
    for rule, page, methods in PAGES:
        needs = requires(see if methods == SEES else change)
        views.add_url_rule(rule, page.__name__, needs(_with_owner(page)), methods=methods)
    return views


def _with_owner(page: Callable[..., ResponseReturnValue]) -> Callable[..., Any]:
    """The page, with the FormOwner as argument in place of the loaded objects."""

    @wraps(page)
    def view(**loaded: Any) -> ResponseReturnValue:
        parts = {name: loaded.pop(name) for name in PARTS if name in loaded}
        return page(_owner(**loaded), **parts)

    return view


PARTS = ("form_section", "form_question")


def _owner(**subjects: Any) -> FormOwner:
    """The owner of this request's pages."""
    owner_of, _change = _owners[request.blueprint or ""]
    return owner_of(**subjects)


@loader("form_section")
def _section(key: UUID, **subjects: Any) -> Section | None:
    return queries.section(_owner(**subjects).form, key)


@loader("form_question")
def _question(key: UUID, form_section: Section, **_subjects: Any) -> Question | None:
    return queries.question(form_section, key)


def _page(owner: FormOwner, template: str, **context: object) -> str:
    return render_template(f"{FOLDER}/{template}.html", owner=owner, **context)


def _back(owner: FormOwner, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".builder", **owner.address, _anchor=anchor))


def builder(owner: FormOwner) -> ResponseReturnValue:
    _owner_of, change = _owners[request.blueprint or ""]
    return _page(
        owner,
        "builder",
        sections=queries.sections(owner.form),
        kind_of=kind_of,
        may_change=not owner.frozen_because and bool(may(change, *owner.address.values())),
    )


def preview(owner: FormOwner) -> ResponseReturnValue:
    """The form as applicants see it, section by section; nothing is saved."""
    sections = queries.sections(owner.form)
    questions = [one for section in sections for one in section.questions]
    context, said = owner.context(questions), owner.said(questions)
    parts = [(one, form_of(one.questions, context=context, said=said)) for one in sections]
    return _page(owner, "preview", parts=parts)


# ------------------------------------------------------------------ sections


def add_section(owner: FormOwner) -> ResponseReturnValue:
    form = SectionForm()
    if carried_out(
        form,
        lambda: service.add_section(signed_in(), owner, form.title.data, form.hint.data or Words()),
    ):
        flash(_("The section is added. Now add its questions."))
        return _back(owner)
    return form_page(f"{FOLDER}/section.html", form, owner=owner, section=None)


def edit_section(owner: FormOwner, form_section: Section) -> ResponseReturnValue:
    form = SectionForm.of(form_section)
    if carried_out(
        form,
        lambda: service.save_section(
            signed_in(),
            owner,
            form_section,
            title=form.title.data,
            hint=form.hint.data or Words(),
            version=form.seen_version,
        ),
    ):
        flash(_("The section is saved."))
        return _back(owner, form_section.key)
    return form_page(f"{FOLDER}/section.html", form, owner=owner, section=form_section)


def remove_section(owner: FormOwner, form_section: Section) -> ResponseReturnValue:
    """Confirm, then remove a section with its questions."""
    if request.method == "POST":
        service.remove_section(signed_in(), owner, form_section)
        flash(_("The section is removed."))
        return _back(owner)
    return _page(owner, "remove", section=form_section)


def move_section(owner: FormOwner, form_section: Section) -> ResponseReturnValue:
    service.move_section(signed_in(), owner, form_section, request.form.get("direction", ""))
    return _back(owner, form_section.key)


# ------------------------------------------------------------------ questions


def add_question(owner: FormOwner, form_section: Section) -> ResponseReturnValue:
    """Choose a kind, then fill in its settings."""
    code = request.args.get("kind", "")
    if not code:
        return _page(owner, "kinds", section=form_section, kinds=all_kinds())
    form = _new_question(owner, code)
    if carried_out(
        form,
        lambda: service.add_question(signed_in(), owner, form_section, code, form.facts()),
    ):
        flash(_("The question is added."))
        return _back(owner, form_section.key)
    return _question_page(owner, form_section, None, form, code)


def _new_question(owner: FormOwner, code: str) -> QuestionForm:
    """The empty form of a question of this kind."""
    if code not in {kind.code for kind in all_kinds()}:
        abort(HTTPStatus.NOT_FOUND)
    form = _settings_of(owner, code)(data={"required": True})
    del form.section
    return form


def _settings_of(owner: FormOwner, code: str) -> type[QuestionForm]:
    """The form class for questions of this kind, with what they can refer to."""
    return kind_of(code).Settings.offering(offer(owner, code, queries.sections(owner.form)))


def edit_question(
    owner: FormOwner, form_section: Section, form_question: Question
) -> ResponseReturnValue:
    form = _settings_of(owner, form_question.kind).of(form_question)
    sections = {one.key: one for one in owner.form.sections}
    form.section.choices = [(key, str(one.title)) for key, one in sections.items()]
    if carried_out(
        form,
        lambda: service.save_question(
            signed_in(),
            owner,
            form_question,
            form.facts(form_question.settings),
            version=form.seen_version,
            section=sections.get(form.section.data),
        ),
    ):
        flash(_("The question is saved."))
        return _back(owner, form_question.section.key)
    return _question_page(owner, form_section, form_question, form, form_question.kind)


def _question_page(
    owner: FormOwner, section: Section, question: Question | None, form: QuestionForm, code: str
) -> ResponseReturnValue:
    around = {"section": section, "question": question, "kind": kind_of(code).label}
    return form_page(f"{FOLDER}/question.html", form, owner=owner, **around)


def remove_question(
    owner: FormOwner, form_section: Section, form_question: Question
) -> ResponseReturnValue:
    service.remove_question(signed_in(), owner, form_question)
    flash(_("The question “%(label)s” is removed.", label=form_question.label))
    return _back(owner, form_section.key)


def move_question(
    owner: FormOwner, form_section: Section, form_question: Question
) -> ResponseReturnValue:
    service.move_question(signed_in(), owner, form_question, request.form.get("direction", ""))
    return _back(owner, form_section.key)


SEES, ASKS, ACTS = ["GET"], ["GET", "POST"], ["POST"]
_SECTION = "/sections/<key:form_section>"
_QUESTION = f"{_SECTION}/questions/<key:form_question>"
PAGES: tuple[tuple[str, Callable[..., ResponseReturnValue], list[str]], ...] = (
    ("", builder, SEES),
    ("/preview", preview, SEES),
    ("/sections/new", add_section, ASKS),
    (_SECTION, edit_section, ASKS),
    (f"{_SECTION}/remove", remove_section, ASKS),
    (f"{_SECTION}/move", move_section, ACTS),
    (f"{_SECTION}/questions/new", add_question, ASKS),
    (_QUESTION, edit_question, ASKS),
    (f"{_QUESTION}/remove", remove_question, ACTS),
    (f"{_QUESTION}/move", move_question, ACTS),
)
