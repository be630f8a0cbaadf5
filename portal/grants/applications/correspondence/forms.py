"""What an officer says of a letter that was posted."""

from flask_babel import lazy_gettext as _l

from portal.core.fields import Date, Form


class PostedForm(Form):
    """The day on which a letter went to the post."""

    posted_on = Date(_l("Posted on"))
