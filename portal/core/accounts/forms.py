"""Forms of one's own account."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core import languages
from portal.core.accounts.passwords import MIN_LENGTH
from portal.core.fields import Choice, Email, Form, Hidden, Name, Password
from portal.core.forms import VersionedForm

NEW_PASSWORD_HINT = _l(
    "At least %(num)s characters. Three or four words that have nothing to do with each other are"
    " easy to remember and hard to guess.",
    num=MIN_LENGTH,
)


class RegisterForm(Form):
    name = Name(
        _l("Name and surname"), limit=100, autocomplete="name", missing=_l("Enter your name")
    )
    email = Email(_l("E-mail address"), _l("We send a link there to confirm that it is yours."))
    password = Password(_l("Password"), NEW_PASSWORD_HINT, new=True)


class SignInForm(Form):
    """Sign-in. `next` is the page asked for."""

    email = Email(_l("E-mail address"), autocomplete="username")
    password = Password(_l("Password"))
    next = Hidden()


class AddressForm(Form):
    """An address to which a letter is sent."""

    email = Email(_l("E-mail address"))


class PasswordForm(Form):
    password = Password(_l("Password"))


class NewPasswordForm(Form):
    password = Password(_l("New password"), NEW_PASSWORD_HINT, new=True)


class DetailsForm(VersionedForm):
    name = Name(
        _l("Name and surname"), limit=100, autocomplete="name", missing=_l("Enter your name")
    )
    language = Choice(_l("Language"), _l("Of the pages and of the letters to you."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = languages.choices()


class ChangePasswordForm(Form):
    current = Password(_l("Password that you have now"))
    password = Password(_l("New password"), NEW_PASSWORD_HINT, new=True)


class ChangeAddressForm(Form):
    email = Email(_l("New e-mail address"), _l("We send a link there to confirm that it is yours."))
    password = Password(_l("Password"))
