"""The form builder's pages."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.db import Words
from portal.core.forms import carried_out, form_page
from portal.core.questions.forms import form_of
from portal.core.questions.kinds.settings import Offer, QuestionForm
from portal.core.questions.models import Question, QuestionKind, Section
from portal.core.questions.registry import all_kinds, kind_of
from portal.grants.competitions.form import queries, service
from portal.grants.competitions.form.forms import SectionForm
from portal.grants.competitions.form.rules import MEASURED_BY
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import frozen
from portal.grants.competitions.words import MEASURES

views = Blueprint("call_form", __name__, url_prefix="/board/competitions/<slug:competition>/form")
FOLDER = "grants/competitions/form"


def _builder(competition: Competition, anchor: str | None = None) -> Response:
    return redirect(url_for(".builder", competition=competition, _anchor=anchor))


@views.get("")
@requires(Right.SEE)
def builder(competition: Competition) -> ResponseReturnValue:
    """The whole form: sections, questions, and what can be done with each."""
    return render_template(
        f"{FOLDER}/builder.html",
        Right=Right,
        competition=competition,
        sections=queries.sections(competition),
        frozen=frozen(competition, clock.now()),
        kind_of=kind_of,
        measures=MEASURES,
    )


@views.get("/preview")
@requires(Right.SEE)
def preview(competition: Competition) -> ResponseReturnValue:
    """The form as an applicant sees it, section by section; nothing is saved."""
    sections = queries.sections(competition)
    return render_template(
        f"{FOLDER}/preview.html",
        competition=competition,
        parts=[(section, form_of(section.questions)) for section in sections],
    )


# ------------------------------------------------------------------ sections


@views.route("/sections/new", methods=["GET", "POST"])
@requires(Right.PREPARE)
def add_section(competition: Competition) -> ResponseReturnValue:
    """Add a section."""
    form = SectionForm()
    if carried_out(
        form,
        lambda: service.add_section(
            signed_in(), competition, form.title.data, form.hint.data or Words()
        ),
    ):
        flash(_("The section is added. Now add its questions."))
        return _builder(competition)
    return _section_page(competition, None, form)


@views.route("/sections/<key:form_section>", methods=["GET", "POST"])
@requires(Right.PREPARE)
def edit_section(competition: Competition, form_section: Section) -> ResponseReturnValue:
    """Rename a section."""
    form = SectionForm.of(form_section)
    if carried_out(
        form,
        lambda: service.save_section(
            *(signed_in(), competition, form_section),
            title=form.title.data,
            hint=form.hint.data or Words(),
            version=form.seen_version,
        ),
    ):
        flash(_("The section is saved."))
        return _builder(competition, form_section.key)
    return _section_page(competition, form_section, form)


def _section_page(
    competition: Competition, section: Section | None, form: SectionForm
) -> ResponseReturnValue:
    return form_page(f"{FOLDER}/section.html", form, competition=competition, section=section)


@views.route("/sections/<key:form_section>/remove", methods=["GET", "POST"])
@requires(Right.PREPARE)
def remove_section(competition: Competition, form_section: Section) -> ResponseReturnValue:
    """Ask once, then remove a section with its questions."""
    if request.method == "POST":
        service.remove_section(signed_in(), competition, form_section)
        flash(_("The section is removed."))
        return _builder(competition)
    return render_template(f"{FOLDER}/remove.html", competition=competition, section=form_section)


@views.post("/sections/<key:form_section>/move")
@requires(Right.PREPARE)
def move_section(competition: Competition, form_section: Section) -> ResponseReturnValue:
    """Move a section up or down."""
    service.move_section(signed_in(), competition, form_section, request.form.get("direction", ""))
    return _builder(competition, form_section.key)


# ------------------------------------------------------------------ questions


@views.route("/sections/<key:form_section>/questions/new", methods=["GET", "POST"])
@requires(Right.PREPARE)
def add_question(competition: Competition, form_section: Section) -> ResponseReturnValue:
    """Choose a kind, then fill in what a question of that kind needs."""
    kind = request.args.get("kind", "")
    if not kind:
        return _kinds_page(competition, form_section)
    form = _new_question(competition, kind)
    if carried_out(
        form,
        lambda: service.add_question(
            signed_in(), competition, form_section, QuestionKind(kind), form.facts()
        ),
    ):
        flash(_("The question is added."))
        return _builder(competition, form_section.key)
    return _question_page(competition, form_section, None, form, kind)


def _new_question(competition: Competition, kind: str) -> QuestionForm:
    """The empty form of a question of this kind, which stands where it is added."""
    try:
        form = _settings_of(competition, kind)(data={"required": True})
    except KeyError:
        abort(HTTPStatus.NOT_FOUND)
    del form.section
    return form


def _settings_of(competition: Competition, kind: str) -> type[QuestionForm]:
    """The form of a question of this kind, with what the call has to refer to."""
    questions = [one for part in competition.sections for one in part.questions]
    return kind_of(kind).Settings.offering(
        Offer(
            measures=[(code, MEASURES[code]) for code, by in MEASURED_BY.items() if by == kind],
            sums=[("grant", _("the fixed sum of the call"))],
            windows=[("project", _("the time of the project"))],
            figures=[
                (one.key, one.kind, str(one.label))
                for one in questions
                if kind_of(one.kind).numeric
            ],
        )
    )


def _kinds_page(competition: Competition, section: Section) -> ResponseReturnValue:
    return render_template(
        f"{FOLDER}/kinds.html", competition=competition, section=section, kinds=all_kinds()
    )


@views.route("/sections/<key:form_section>/questions/<key:form_question>", methods=["GET", "POST"])
@requires(Right.PREPARE)
def edit_question(
    competition: Competition, form_section: Section, form_question: Question
) -> ResponseReturnValue:
    """Change a form_question, or move it to another form_section."""
    form = _settings_of(competition, form_question.kind).of(form_question)
    sections = {one.key: one for one in competition.sections}
    form.section.choices = [(key, str(one.title)) for key, one in sections.items()]
    if carried_out(
        form,
        lambda: service.save_question(
            *(signed_in(), competition, form_question, form.facts(form_question.settings)),
            version=form.seen_version,
            section=sections.get(form.section.data),
        ),
    ):
        flash(_("The question is saved."))
        return _builder(competition, form_question.section.key)
    return _question_page(competition, form_section, form_question, form, form_question.kind)


def _question_page(
    competition: Competition,
    section: Section,
    question: Question | None,
    form: QuestionForm,
    kind: str,
) -> ResponseReturnValue:
    return form_page(
        f"{FOLDER}/question.html",
        form,
        competition=competition,
        section=section,
        question=question,
        kind=kind_of(kind).label,
    )


@views.post("/sections/<key:form_section>/questions/<key:form_question>/remove")
@requires(Right.PREPARE)
def remove_question(
    competition: Competition, form_section: Section, form_question: Question
) -> ResponseReturnValue:
    """Remove a form_question."""
    service.remove_question(signed_in(), competition, form_question)
    flash(_("The question “%(label)s” is removed.", label=form_question.label))
    return _builder(competition, form_section.key)


@views.post("/sections/<key:form_section>/questions/<key:form_question>/move")
@requires(Right.PREPARE)
def move_question(
    competition: Competition, form_section: Section, form_question: Question
) -> ResponseReturnValue:
    """Move a question up or down."""
    service.move_question(
        signed_in(), competition, form_question, request.form.get("direction", "")
    )
    return _builder(competition, form_section.key)
