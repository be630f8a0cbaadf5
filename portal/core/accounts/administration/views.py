"""The administrator's pages."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock, parsing
from portal.core.access import requires, signed_in
from portal.core.accounts.administration import forms, queries, service
from portal.core.accounts.administration.rules import GIVEN_BY_ADMINISTRATOR
from portal.core.accounts.claims import queries as claims
from portal.core.accounts.models import Municipality, Person, RoleGrant
from portal.core.accounts.organisations import queries as organisations
from portal.core.accounts.queries import sign_ins
from portal.core.accounts.rights import Right
from portal.core.documents.views import send
from portal.core.forms import carried_out, form_page
from portal.core.messages import service as messages
from portal.core.messages.models import Message

views = Blueprint("administration", __name__, url_prefix="/admin")

ONE = "/accounts/<key:account>"


@views.get("")
@requires(Right.ADMINISTER)
def index() -> ResponseReturnValue:
    claimed = claims.count_waiting(signed_in())
    return render_template("admin/index.html", figures=queries.figures(), claimed=claimed)


@views.get("/accounts")
@requires(Right.ADMINISTER)
def accounts() -> ResponseReturnValue:
    search = parsing.sought(request.args.get("q", ""))
    page = queries.accounts(search, request.args.get("after", type=UUID))
    return render_template("admin/accounts.html", page=page, search=search)


@views.get(ONE)
@requires(Right.ADMINISTER)
def account(account: Person) -> ResponseReturnValue:
    grants = queries.grants_of(account)
    return render_template(
        "admin/account.html",
        account=account,
        grants=grants,
        scopes=queries.scope_names(grants),
        sign_ins=len(sign_ins(account)),
        given=GIVEN_BY_ADMINISTRATOR,
        today=clock.today(),
    )


@views.route(f"{ONE}/roles/new", methods=["GET", "POST"])
@requires(Right.ADMINISTER)
def give_role(account: Person) -> ResponseReturnValue:
    form = forms.GrantForm()
    if carried_out(form, lambda: service.give_role(signed_in(), account, **form.given)):
        flash(_("The role is given. It is in the journal who gave it."))
        return redirect(url_for(".account", account=account))
    return form_page("admin/give_role.html", form, account=account)


@views.route(f"{ONE}/roles/<key:grant>/end", methods=["GET", "POST"])
@requires(Right.ADMINISTER)
def end_role(account: Person, grant: RoleGrant) -> ResponseReturnValue:
    form = forms.EndForm()
    if carried_out(
        form, lambda: service.end_role(signed_in(), account, grant, reason=form.reason.data)
    ):
        flash(_("The role has ended."))
        return redirect(url_for(".account", account=account))
    return form_page(
        "admin/end_role.html",
        form,
        account=account,
        grant=grant,
        scope=queries.scope_names([grant]).get(grant.scope_id or account.id, ""),
    )


@views.route(f"{ONE}/close", methods=["GET", "POST"])
@requires(Right.ADMINISTER)
def close(account: Person) -> ResponseReturnValue:
    left_alone = organisations.left_alone_by(account)
    form = forms.closing_form(left_alone)
    if carried_out(
        form, lambda: service.close_account(signed_in(), account, forms.heirs(form, left_alone))
    ):
        flash(_("The account is closed."))
        return redirect(url_for(".account", account=account))
    deserted = [organisation for organisation, others in left_alone if not others]
    return form_page("admin/close.html", form, account=account, deserted=deserted)


@views.post(f"{ONE}/open")
@requires(Right.ADMINISTER)
def open_again(account: Person) -> ResponseReturnValue:
    service.open_account(signed_in(), account)
    flash(_("The account is open again."))
    return redirect(url_for(".account", account=account))


@views.post(f"{ONE}/sign-out")
@requires(Right.ADMINISTER)
def sign_out(account: Person) -> ResponseReturnValue:
    service.end_sign_ins(signed_in(), account)
    flash(_("The person is signed out everywhere."))
    return redirect(url_for(".account", account=account))


@views.post(f"{ONE}/reset")
@requires(Right.ADMINISTER)
def send_reset(account: Person) -> ResponseReturnValue:
    service.send_reset_link(signed_in(), account)
    flash(_("The link for a new password is on its way to %(email)s.", email=account.email))
    return redirect(url_for(".account", account=account))


@views.get("/roles")
@requires(Right.ADMINISTER)
def roles() -> ResponseReturnValue:
    return render_template("admin/roles.html", grants=queries.holders())


@views.get("/letters")
@requires(Right.ADMINISTER)
def letters() -> ResponseReturnValue:
    return render_template("admin/letters.html", outbox=queries.outbox())


@views.post("/letters/<key:message>/again")
@requires(Right.ADMINISTER)
def send_again(message: Message) -> ResponseReturnValue:
    messages.send_again(signed_in(), message)
    flash(_("The letter is on its way again."))
    return redirect(url_for(".letters"))


@views.get("/municipalities")
@requires(Right.ADMINISTER)
def municipalities() -> ResponseReturnValue:
    return render_template("admin/municipalities.html", municipalities=queries.municipalities())


@views.route("/municipalities/new", methods=["GET", "POST"])
@requires(Right.ADMINISTER)
def new_municipality() -> ResponseReturnValue:
    form = forms.MunicipalityForm()
    if carried_out(form, lambda: service.add_municipality(signed_in(), **form.given)):
        flash(_("Saved."))
        return redirect(url_for(".municipalities"))
    return form_page("admin/municipality.html", form, edited=None)


@views.route("/municipalities/<key:municipality>", methods=["GET", "POST"])
@requires(Right.ADMINISTER)
def municipality(municipality: Municipality) -> ResponseReturnValue:
    form = forms.MunicipalityForm(obj=municipality)
    if carried_out(
        form,
        lambda: service.change_municipality(
            signed_in(), municipality, form.seen_version, **form.given
        ),
    ):
        flash(_("Saved."))
        return redirect(url_for(".municipalities"))
    return form_page("admin/municipality.html", form, edited=municipality)


@views.route("/municipalities/<key:municipality>/logo", methods=["GET", "POST"])
@requires(Right.ADMINISTER)
def logo(municipality: Municipality) -> ResponseReturnValue:
    form = forms.LogoForm()
    if carried_out(form, lambda: service.set_logo(signed_in(), municipality, form.file.data)):
        flash(_("The logo is saved. It stands in the head of what the board issues."))
        return redirect(url_for(".logo", municipality=municipality))
    return form_page("admin/logo.html", form, edited=municipality)


@views.get("/municipalities/<key:municipality>/logo.png")
@requires(Right.ADMINISTER)
def logo_picture(municipality: Municipality) -> ResponseReturnValue:
    return send(municipality.logo) if municipality.logo else abort(HTTPStatus.NOT_FOUND)


@views.post("/municipalities/<key:municipality>/logo/remove")
@requires(Right.ADMINISTER)
def remove_logo(municipality: Municipality) -> ResponseReturnValue:
    service.remove_logo(signed_in(), municipality)
    flash(_("The logo is removed."))
    return redirect(url_for(".logo", municipality=municipality))
