"""Fields that are required depending on another answer."""

from portal.core.fields import Choice, TextArea


class OpenChoice(Choice):
    """One of a few; a draft may leave it open."""

    marked = False


class RemarkField(TextArea):
    """A reason or a comment that some answers require."""

    marked = False
