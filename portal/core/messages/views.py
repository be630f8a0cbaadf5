"""The demo's letters at /demo/mail, readable by anybody; in demo mode only."""

from functools import partial
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.core import demo, parsing
from portal.core.access import loader, public
from portal.core.db import db
from portal.core.messages import queries
from portal.core.messages.models import Message

views = Blueprint("messages", __name__, url_prefix="/demo/mail")


views.before_request(demo.require)


loader("message")(partial(db.session.get, Message))


@views.get("")
@public()
def outbox() -> ResponseReturnValue:
    """All letters, newest first; `?to=` filters by a part of the address."""
    recipient = parsing.sought(request.args.get("to", ""))
    before = request.args.get("before", type=UUID)
    letters = queries.outbox(recipient, before)
    shown = letters[: queries.PAGE]
    return render_template(
        "messages/outbox.html",
        letters=shown,
        recipient=recipient,
        next_before=shown[-1].id if len(letters) > queries.PAGE else None,
    )


@views.get("/<key:message>")
@public()
def letter(message: Message) -> ResponseReturnValue:
    body = Markup(message.html)  # noqa: S704 - made by letter.compose, which escapes every word
    return render_template("messages/letter.html", letter=message, body=body)
