from portal.core.fields import Form, Hidden


class SubmitForm(Form):
    """Only the button, with a print of the draft that was checked."""

    seen = Hidden()
