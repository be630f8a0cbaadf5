"""A server with a form, a table and a sheet that answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Flask, jsonify, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.serving import make_server

from portal.core.documents.uploads import Limits
from portal.core.fields import Column, File, Form, Rows
from portal.core.formats import number
from tests.core.frame import bare_site

FORM = """{% extends "base.html" %}
{% from "components/forms.html" import button, csrf, keeps, saved, upload_progress %}
{% set title = "Form" %}{% block content %}
<form method="post" action="/upload" enctype="multipart/form-data" {{ keeps() if keep }}
  data-autosave="/save" data-upload>
{{ csrf() }}<input type="hidden" name="version" value="{{ request.args.version or 1 }}">
<input type="hidden" name="turn" value="0">{{ inside }}
<label for="text">Text</label>
<textarea id="text" name="text" data-count="10">{{ request.args.text }}</textarea>
<label for="other">Other</label><input id="other" name="other" value="{{ request.args.other }}">
<div id="text-count" data-left="left {count}" data-over="over {count}"></div>
<label for="remark">Remark</label>
<textarea id="remark" data-count="10" data-quiet="true"></textarea>
<div id="remark-count" data-left="left {count}" data-over="over {count}"></div>
<label for="conversion">Conversion</label><input id="conversion" name="conversion">
<label for="secret">Secret</label><input type="password" id="secret" name="secret">
<label for="file">File</label><input type="file" id="file" name="file">
{{ upload_progress() }}{{ saved() }}{{ button("Send") }}</form>{% endblock %}"""

PAPER = """{% extends "base.html" %}
{% from "components/forms.html" import button, csrf, keeps, upload_progress %}
{% set title = "Paper" %}{% block content %}
<form method="post" action="/upload" enctype="multipart/form-data" data-upload {{ keeps() }}>
{{ csrf() }}
<label for="applicant">Applicant</label><input id="applicant" name="applicant">
{{ form.file() }}{{ upload_progress() }}{{ button("Register") }}</form>{% endblock %}"""

TABLE = """{% extends "base.html" %}
{% from "components/forms.html" import button, keeps, on_enter, saved %}
{% set title = "Table" %}{% block content %}
<form method="post" action="/done" enctype="multipart/form-data" data-autosave="/save" novalidate
  {{ keeps() }}>
{{ form.hidden_tag() }}{{ on_enter("Send") }}{{ form.plan() }}
<div class="asns-question">{{ form.paper(sends_to="/files", question="paper") }}
<div data-attached></div></div>
<div data-attach>{{ button("Attach", "secondary", name="attach") }}</div>
{{ saved() }}{{ button("Send") }}</form>{% endblock %}"""

SHEET = """{% extends "base.html" %}
{% from "components/scoring.html" import sheet_tabs, running_total, criterion %}
{% set title = "Sheet" %}{% block content %}
<div data-sheet>{{ sheet_tabs() }}<div class="asns-sheet">
<div id="application"><svg width="10" height="3000"></svg><p id="part">Part</p></div>
<form id="sheet">{{ running_total(0, 25, 0, 2) }}
{{ criterion("a", "A", [("0", "0"), ("0.5", "0,5"), ("1", "1"), ("10", "10")], link="#part") }}
{{ criterion("b", "B", [("0", "0"), ("1", "1"), ("2", "2")], weight="1.5") }}</form>
</div></div>{% endblock %}"""

VERSIONS = Markup('<label><input type="checkbox" name="take" value="text">Keep this one</label>')
DONE = '{% extends "base.html" %}{% set title = "Done" %}'
FILES = '<ul class="asns-files"><li><span>{}</span></li></ul>'


class TableForm(Form):
    """A plan of at most five activities, and a paper."""

    plan = Rows(
        "Plan",
        columns=[
            Column("what", "What", "long"),
            Column("begins", "Begins", "date"),
            Column("ends", "Ends", "date"),
            Column("people", "People", "number", total=number),
            Column("place", "Place", "choice", options={"choices": [("in", "Indoors")]}),
        ],
        minimum=2,
        maximum=5,
    )
    paper = File("Paper", limits=partial(Limits, largest=2000, together=2000))


class PaperForm(Form):
    """What came on paper."""

    file = File("Scan", limits=partial(Limits, largest=2000, together=2000))


@dataclass
class Server:
    """How the server answers next, and what it was sent."""

    address: str = ""
    refusals: list[tuple[HTTPStatus, dict[str, str]]] = field(default_factory=list)
    saved: list[dict[str, str]] = field(default_factory=list)
    files: list[dict[str, str]] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)  # a save waits for it
    # A page that is left saves once more: what comes late from another test is not kept.
    test: int = 0

    def forget(self) -> None:
        """Begin another test."""
        for told in (self.refusals, self.saved, self.files):
            told.clear()
        self.goes_on.set()
        self.test += 1

    @property
    def asked(self) -> bool:
        """Whether this request belongs to the test that runs."""
        return request.cookies.get("test") == str(self.test)

    def refusal(self) -> Any:
        """What was told to be answered next, if anything."""
        if not self.refusals:
            return None
        status, answer = self.refusals.pop(0)
        return jsonify(answer), status


def _form(template: str = FORM, **more: object) -> str:
    return _signed_in(render_template_string(template, **{"keep": True, "inside": "", **more}))


def _table() -> str:
    rows = [{"what": what} for what in request.args.getlist("row")]
    return _signed_in(render_template_string(TABLE, form=TableForm(data={"plan": rows})))


def _signed_in(page: str) -> str:
    return page.replace('data-person=""', f'data-person="{request.args.get("person", "")}"')


@contextmanager
def serving(application: Flask) -> Iterator[Server]:
    """Serve it in threads of this process."""
    state = Server()
    app = bare_site(application)
    app.add_url_rule("/form", "form", _form)
    app.add_url_rule("/pupils", "pupils", lambda: _form(keep=False))
    app.add_url_rule("/paper", "paper", lambda: _form(PAPER, form=PaperForm()))
    app.add_url_rule("/versions", "versions", lambda: _form(inside=VERSIONS))
    app.add_url_rule("/sheet", "sheet", lambda: render_template_string(SHEET))
    app.add_url_rule("/table", "table", _table)
    app.add_url_rule("/done", "done", lambda: render_template_string(DONE), methods=["GET", "POST"])

    @app.post("/save")
    def save() -> ResponseReturnValue:
        state.goes_on.wait(5)
        if state.asked:
            state.saved.append(request.form.to_dict())
        return state.refusal() or jsonify(saved="14.32", version=len(state.saved) + 1)

    @app.post("/files")
    def files() -> ResponseReturnValue:
        state.goes_on.wait(5)
        name = str(request.files["file"].filename)
        if state.asked:
            state.files.append({"name": name, **request.form.to_dict()})
        said = f"{name} is attached."
        return state.refusal() or jsonify(files=FILES.format(name), said=said, size="1 MB")

    @app.post("/upload")
    def upload() -> ResponseReturnValue:
        if "file" in request.files and request.files["file"].read() == b"bad":
            return _form().replace(">Form<", ">Refused<"), 422
        return redirect("/done")

    http = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    state.address = f"http://127.0.0.1:{http.server_port}"
    yield state
    http.shutdown()
    thread.join()
    http.server_close()
