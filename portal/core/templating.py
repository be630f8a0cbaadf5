"""How templates are made: what is undefined raises, and a text is looked up once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from babel import Locale
from flask import Flask
from flask_babel import get_locale, get_translations
from jinja2 import Undefined, pass_eval_context
from jinja2.ext import Extension
from jinja2.nodes import EvalContext
from markupsafe import Markup

CONSTANT_TEXTS = 4096  # of both languages; the catalogue has fewer that stand in templates


class NamesMustExist(Undefined):
    """An undefined name raises, and so does an absent attribute; an absent key is empty."""

    @property
    def _forgiven(self) -> bool:
        return isinstance(self._undefined_obj, Mapping)

    def _or_fail(self, value: Any) -> Any:
        return value if self._forgiven else self._fail_with_undefined_error()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._or_fail(self)

    def __getitem__(self, name: Any) -> Any:
        return self._or_fail(self)

    def __str__(self) -> str:
        return cast(str, self._or_fail(""))

    def __bool__(self) -> bool:
        return cast(bool, self._or_fail(False))

    def __len__(self) -> int:
        return cast(int, self._or_fail(0))

    def __iter__(self) -> Any:
        return iter(self._or_fail(()))

    def __eq__(self, other: object) -> bool:
        return cast(bool, self._or_fail(isinstance(other, NamesMustExist)))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return cast(int, self._or_fail(id(type(self))))


class FormsAreNotRestored(Extension):
    """Every form that is sent says autocomplete="off", so that none can leave it out.

    A browser that goes back loads the page anew, and then fills its forms with what was typed there
    last, by whomever: the next person's page with the words of the one before, ready to be saved.
    A field whose own autocomplete names a datum of its reader (an address) is still offered it.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template's source, with the attribute in each form."""
        return source.replace(' method="post"', ' method="post" autocomplete="off"')


def init_app(app: Flask) -> None:
    """Set up the environment of `app`, after flask-babel, whose texts it replaces."""
    app.jinja_env.undefined = NamesMustExist
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.add_extension(FormsAreNotRestored)
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


@pass_eval_context
def gettext(context: EvalContext, msgid: str, **variables: Any) -> str:
    """A text in the page's language with its variables, which are escaped where it is HTML."""
    language, autoescape = get_locale(), bool(context.autoescape)
    if variables:
        return _pattern(language, msgid, autoescape) % variables
    return _constant(language, msgid, autoescape)


@lru_cache(maxsize=CONSTANT_TEXTS)
def _constant(language: Locale | None, msgid: str, autoescape: bool) -> str:
    return _pattern(language, msgid, autoescape) % {}


@lru_cache(maxsize=CONSTANT_TEXTS)
def _pattern(_language: Locale | None, msgid: str, autoescape: bool) -> str:
    """The text in the language that holds now, which the caller names for what is remembered."""
    text = get_translations().ugettext(msgid)
    return Markup(text) if autoescape else text  # noqa: S704  # the catalogue's own words


@pass_eval_context
def ngettext(context: EvalContext, singular: str, plural: str, num: int, **variables: Any) -> str:
    """The text of the form that goes with a number, which is the variable `num`."""
    text = get_translations().ungettext(singular, plural, num)
    if context.autoescape:
        text = Markup(text)  # noqa: S704  # the catalogue's own words
    return text % {"num": num, **variables}
