"""Pages of one's own account: register, sign in, forgotten password, settings."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import languages, stages
from portal.core.access import person, public, requires, signed_in
from portal.core.accounts import expired_sessions, forms, queries, service, sign_in, tokens
from portal.core.accounts.models import SignIn, TokenPurpose
from portal.core.accounts.rights import Right
from portal.core.fields import Form
from portal.core.forms import carried_out, form_page

views = Blueprint("accounts", __name__)

LETTER_TO = "letter_to"  # session key: the address shown on the page "look into your mail"


@views.route("/register", methods=["GET", "POST"])
@public()
def register() -> ResponseReturnValue:
    form = forms.RegisterForm()
    if carried_out(
        form, lambda: service.register(**form.given, onwards=expired_sessions.onwards())
    ):
        session[LETTER_TO] = form.email.data
        return redirect(url_for(".registered", next=expired_sessions.onwards()))
    return form_page("accounts/register.html", form, onwards=expired_sessions.onwards())


@views.route("/register/sent", methods=["GET", "POST"])
@public()
def registered() -> ResponseReturnValue:
    form = forms.AddressForm(email=session.get(LETTER_TO))
    if carried_out(
        form, lambda: service.send_confirmation_again(form.email.data, expired_sessions.onwards())
    ):
        session[LETTER_TO] = form.email.data
        flash(_("If the address waits to be confirmed, a new letter is on its way."))
        return redirect(url_for(".registered", next=expired_sessions.onwards()))
    return form_page("accounts/registered.html", form, email=session.get(LETTER_TO))


@views.route("/link/confirm/<secret>", methods=["GET", "POST"])
@public()
def confirm(secret: str) -> ResponseReturnValue:
    link, form = tokens.peek(TokenPurpose.CONFIRM, secret), forms.PasswordForm()
    if carried_out(form, lambda: sign_in.remember(service.confirm(secret, form.password.data))):
        flash(_("Your address is confirmed. Welcome!"))
        return redirect(expired_sessions.onwards() or url_for("organisations.index"))
    return form_page("accounts/confirm.html", form, email=link.email)


@views.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@public()
def enter() -> ResponseReturnValue:
    if person() is not None:
        return expired_sessions.go_on()
    form = forms.SignInForm(next=request.args.get("next"))
    if carried_out(
        form,
        lambda: sign_in.remember(
            service.sign_in_with_password(form.email.data, form.password.data)
        ),
    ):
        return expired_sessions.go_on()
    return form_page("accounts/sign_in.html", form, **expired_sessions.baggage())


@views.post("/sign-out")
@public()
def sign_out() -> ResponseReturnValue:
    here = sign_in.current() if person() else None
    if here is not None:
        service.end_sign_in(signed_in(), here)
    sign_in.forget()
    flash(_("You are signed out."))
    return redirect(url_for(".sign_in"))


@views.get("/desk")
@requires(Right.USE_ACCOUNT)
def desk() -> ResponseReturnValue:
    return redirect(url_for(stages.first_page_of(signed_in()) or "organisations.index"))


@views.route("/forgotten", methods=["GET", "POST"])
@public()
def forgotten() -> ResponseReturnValue:
    form = forms.AddressForm()
    if carried_out(form, lambda: service.request_reset(form.email.data)):
        session[LETTER_TO] = form.email.data
        return redirect(url_for(".reset_sent"))
    return form_page("accounts/forgotten.html", form)


@views.get("/forgotten/sent")
@public()
def reset_sent() -> ResponseReturnValue:
    return render_template("accounts/reset_sent.html", email=session.get(LETTER_TO))


@views.route("/link/reset/<secret>", methods=["GET", "POST"])
@public()
def new_password(secret: str) -> ResponseReturnValue:
    link, form = tokens.peek(TokenPurpose.RESET, secret), forms.NewPasswordForm()
    if carried_out(form, lambda: sign_in.remember(service.reset(secret, form.password.data))):
        flash(_("The new password holds from now on. Everywhere else you are signed out."))
        return redirect(url_for(".desk"))
    return form_page("accounts/new_password.html", form, email=link.email)


@views.get("/account")
@requires(Right.USE_ACCOUNT)
def account() -> ResponseReturnValue:
    actor = signed_in()
    return render_template(
        "accounts/account.html",
        account=actor,
        sign_ins=queries.sign_ins(actor),
        here=sign_in.current(),
        language_label=languages.name(actor.language),
    )


@views.route("/account/details", methods=["GET", "POST"])
@requires(Right.USE_ACCOUNT)
def details() -> ResponseReturnValue:
    actor = signed_in()
    form = forms.DetailsForm(obj=actor)
    if carried_out(
        form, lambda: service.change_details(actor, **form.given, version=form.seen_version)
    ):
        flash(_("Saved."))
        response = redirect(url_for(".account"))
        response.delete_cookie("language")  # the account's language applies again
        return response
    return form_page("accounts/details.html", form, saved=actor)


@views.route("/account/password", methods=["GET", "POST"])
@requires(Right.USE_ACCOUNT)
def password() -> ResponseReturnValue:
    form = forms.ChangePasswordForm()
    if carried_out(form, lambda: service.change_password(signed_in(), here(), **form.given)):
        flash(_("The new password holds from now on. Everywhere else you are signed out."))
        return redirect(url_for(".account"))
    return form_page("accounts/password.html", form)


@views.route("/account/address", methods=["GET", "POST"])
@requires(Right.USE_ACCOUNT)
def address() -> ResponseReturnValue:
    form = forms.ChangeAddressForm()
    if carried_out(form, lambda: service.request_new_address(signed_in(), **form.given)):
        flash(_("Look into the new mailbox: the address changes once you open our link."))
        return redirect(url_for(".account"))
    return form_page("accounts/address.html", form)


@views.route("/link/address/<secret>", methods=["GET", "POST"])
@public()
def new_address(secret: str) -> ResponseReturnValue:
    link, form = tokens.peek(TokenPurpose.EMAIL, secret), Form()
    if carried_out(form, lambda: service.change_address(secret)):
        flash(_("From now on you sign in with the new address."))
        return redirect(url_for(".account"))
    return form_page("accounts/new_address.html", form, email=link.email)


@views.post("/account/sign-ins/<key:own_sign_in>/end")
@requires(Right.USE_ACCOUNT)
def end_sign_in(own_sign_in: SignIn) -> ResponseReturnValue:
    service.end_sign_in(signed_in(), own_sign_in)
    flash(_("That browser is signed out."))
    return redirect(url_for(".account"))


@views.post("/account/sign-ins/end")
@requires(Right.USE_ACCOUNT)
def end_other_sign_ins() -> ResponseReturnValue:
    service.end_other_sign_ins(signed_in(), here())
    flash(_("You are signed out everywhere else."))
    return redirect(url_for(".account"))


def here() -> SignIn:
    """This browser's database session; somebody must be signed in."""
    found = sign_in.current()
    if found is None:
        raise RuntimeError("no one is signed in")
    return found
