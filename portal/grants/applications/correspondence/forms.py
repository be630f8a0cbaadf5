"""The form for a posted letter."""

from flask_babel import lazy_gettext as _l

from portal.core.fields import Date, Form


class PostedForm(Form):
    """The day on which a letter was posted."""

    posted_on = Date(_l("Posted on"))
