"""Fields of this stage's forms: whether an answer is owed depends on another answer."""

from portal.core.fields import Choice, TextArea


class OpenChoice(Choice):
    """One of a few; a draft may leave it open."""

    marked = False


class Remark(TextArea):
    """A reason or a comment that some answers owe."""

    marked = False
