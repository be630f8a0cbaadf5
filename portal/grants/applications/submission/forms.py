"""The form by which an application is submitted."""

from portal.core.fields import Form, Hidden


class SubmitForm(Form):
    """Nothing but the button, with a print of what the person has checked."""

    seen = Hidden()
