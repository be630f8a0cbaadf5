"""Registers what accounts add to the application."""

from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError

from portal.core import addresses
from portal.core.accounts import expired_sessions
from portal.core.accounts.administration import service as administration
from portal.core.accounts.administration.views import views as administration_views
from portal.core.accounts.claims.labels import claim_state
from portal.core.accounts.claims.tasks import claims_to_decide
from portal.core.accounts.claims.views import review as claim_review
from portal.core.accounts.claims.views import views as claim_views
from portal.core.accounts.demo.views import views as demo_views
from portal.core.accounts.journal import VOCABULARY
from portal.core.accounts.labels import kind_label, role_label, role_line
from portal.core.accounts.models import ORGANISATIONAL
from portal.core.accounts.organisations.views import views as organisation_views
from portal.core.accounts.rights import is_administrator, scopes
from portal.core.accounts.views import views as account_views
from portal.core.errors import Invalid
from portal.core.pages import Place
from portal.core.stages import FirstPage, Stage
from portal.core.startup import Command

commands = AppGroup("admin", help="Accounts of administrators.")


def _applies(actor: Any) -> bool:
    """Whether the navigation shows organisations: the person has one, or no role at all."""
    return actor is not None and (
        bool(scopes(actor, *ORGANISATIONAL)) or not any(grant.is_living for grant in actor.grants)
    )


@commands.command("create", cls=Command)
@click.argument("email")
@click.argument("name")
def create_administrator(email: str, name: str) -> None:
    """Make EMAIL an administrator called NAME, and print the link for the first password."""
    try:
        address = addresses.normal(email)
    except Invalid as refusal:
        raise click.BadParameter(str(refusal.message)) from refusal
    url = administration.first_administrator(email=address, name=name)
    click.echo(f"Within an hour, choose the password here:\n{url}")


def _setup(app: Flask) -> None:
    app.register_error_handler(CSRFError, expired_sessions.refuse_csrf)
    # A script that tries out the demo begins with this POST and has no account at risk.
    app.extensions["csrf"].exempt(demo_views)


STAGE = Stage(
    name="accounts",
    pages=(
        *(account_views, organisation_views, administration_views, demo_views),
        *(claim_views, claim_review),
    ),
    navigation=(
        Place(_l("Organisations"), "organisations.index", _applies, order=60),
        Place(
            _l("Administration"),
            "administration.index",
            lambda actor: bool(is_administrator(actor)),
            order=90,
        ),
    ),
    first_pages=(FirstPage("administration.index", is_administrator, order=90),),
    tasks=(claims_to_decide,),
    journal=(VOCABULARY,),
    modules=("jobs",),
    commands=(commands,),
    filters={"role_label": role_label, "kind_label": kind_label, "claim_state": claim_state},
    functions={"role_line": role_line},
    setup=_setup,
)
