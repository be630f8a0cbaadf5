"""Pages of one's organisations and their members."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.access import person, public, requires, signed_in
from portal.core.accounts import tokens
from portal.core.accounts.claims import queries as claims
from portal.core.accounts.expired_sessions import onwards
from portal.core.accounts.models import Organisation, RoleGrant, Token, TokenPurpose
from portal.core.accounts.organisations import forms, queries, service
from portal.core.accounts.rights import Right
from portal.core.fields import Form
from portal.core.forms import carried_out, form_page

views = Blueprint("organisations", __name__)

PREFIX = "/my/organisations"
ONE = f"{PREFIX}/<key:organisation>"


@views.get(PREFIX)
@requires(Right.USE_ACCOUNT)
def index() -> ResponseReturnValue:
    actor = signed_in()
    return render_template(
        "accounts/organisations/index.html",
        memberships=queries.memberships(actor),
        claims=claims.own(actor),
        invitations=queries.invitations_to(actor),
    )


@views.route(f"{PREFIX}/new", methods=["GET", "POST"])
@requires(Right.USE_ACCOUNT)
def new() -> ResponseReturnValue:
    form = forms.OrganisationForm()
    if done := carried_out(form, lambda: service.found(signed_in(), form.details)):
        flash(_("The organisation is here. Invite those with whom you work."))
        return redirect(onwards() or url_for(".show", organisation=done.result))
    return form_page("accounts/organisations/new.html", form, back=onwards())


@views.get(ONE)
@requires(Right.SEE_ORGANISATION)
def show(organisation: Organisation) -> ResponseReturnValue:
    return render_template(
        "accounts/organisations/show.html",
        organisation=organisation,
        members=queries.members(organisation),
        invitations=queries.invitations(organisation),
        claims=claims.on(organisation),
    )


@views.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Right.CHANGE_ORGANISATION)
def edit(organisation: Organisation) -> ResponseReturnValue:
    form = forms.OrganisationForm(obj=organisation)
    if carried_out(
        form, lambda: service.change(signed_in(), organisation, form.details, form.seen_version)
    ):
        flash(_("Saved."))
        return redirect(url_for(".show", organisation=organisation))
    return form_page("accounts/organisations/edit.html", form, organisation=organisation)


@views.route(f"{ONE}/invite", methods=["GET", "POST"])
@requires(Right.CHANGE_ORGANISATION)
def invite(organisation: Organisation) -> ResponseReturnValue:
    form = forms.InvitationForm()
    if carried_out(form, lambda: service.invite(signed_in(), organisation, **form.given)):
        flash(_("The invitation is on its way to %(email)s.", email=form.email.data))
        return redirect(url_for(".show", organisation=organisation))
    return form_page("accounts/organisations/invite.html", form, organisation=organisation)


@views.post(f"{ONE}/invitations/<key:invitation>/withdraw")
@requires(Right.CHANGE_ORGANISATION)
def withdraw(organisation: Organisation, invitation: Token) -> ResponseReturnValue:
    service.withdraw_invitation(signed_in(), organisation, invitation)
    flash(_("The invitation no longer works."))
    return redirect(url_for(".show", organisation=organisation))


@views.route("/link/join/<secret>", methods=["GET", "POST"])
@public()
def join(secret: str) -> ResponseReturnValue:
    link, form, actor = tokens.peek(TokenPurpose.INVITE, secret), Form(), person()
    if actor is not None and carried_out(form, lambda: service.join(actor, secret)):
        flash(_("You now belong to the organisation."))
        return redirect(url_for(".index"))
    return form_page("accounts/organisations/join.html", form, link=link, secret=secret)


@views.post(f"{PREFIX}/invitations/<key:own_invitation>/accept")
@requires(Right.USE_ACCOUNT)
def accept(own_invitation: Token) -> ResponseReturnValue:
    organisation = service.accept(signed_in(), own_invitation)
    flash(_("You now belong to the organisation."))
    return redirect(url_for(".show", organisation=organisation))


@views.route(f"{ONE}/members/<key:membership>/role", methods=["GET", "POST"])
@requires(Right.CHANGE_ORGANISATION)
def role(organisation: Organisation, membership: RoleGrant) -> ResponseReturnValue:
    form = forms.RoleForm(obj=membership)
    if carried_out(
        form, lambda: service.change_role(signed_in(), organisation, membership, form.role.data)
    ):
        flash(_("Saved."))
        return redirect(url_for(".index"))
    return form_page(
        "accounts/organisations/role.html", form, organisation=organisation, membership=membership
    )


@views.route(f"{ONE}/members/<key:membership>/remove", methods=["GET", "POST"])
@requires(Right.CHANGE_ORGANISATION)
def remove(organisation: Organisation, membership: RoleGrant) -> ResponseReturnValue:
    form, name = Form(), membership.person.name
    if carried_out(form, lambda: service.remove(signed_in(), organisation, membership)):
        flash(_("%(name)s no longer belongs to the organisation.", name=name))
        return redirect(url_for(".index"))
    return form_page(
        "accounts/organisations/remove.html", form, organisation=organisation, name=name
    )


@views.route(f"{ONE}/leave", methods=["GET", "POST"])
@requires(Right.SEE_ORGANISATION)
def leave(organisation: Organisation) -> ResponseReturnValue:
    form = Form()
    if carried_out(form, lambda: service.leave(signed_in(), organisation)):
        flash(_("You no longer belong to the organisation."))
        return redirect(url_for(".index"))
    return form_page("accounts/organisations/leave.html", form, organisation=organisation)
