"""Fields of this stage's forms."""

from markupsafe import Markup, escape

from portal.core.fields import Choice, Field, TextArea


class _Unmarked(Field):
    """A label that does not say whether an answer is owed: that depends on another answer."""

    def label_html(self) -> Markup:
        return escape(str(self.label.text))


class OpenChoice(_Unmarked, Choice):
    """One of a few; a draft may leave it open."""


class Remark(_Unmarked, TextArea):
    """A reason or a comment that some answers owe."""
