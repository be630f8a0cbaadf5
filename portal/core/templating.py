"""The Jinja environment: undefined names raise, and translations are cached."""

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

from portal.core.db import Words

CONSTANT_TEXTS = 4096  # for both languages; templates use fewer texts


class NamesMustExist(Undefined):
    """An undefined name or attribute raises; an absent key is empty."""

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
    """Adds autocomplete="off" to every form that is sent.

    On "Back", a browser reloads the page and refills its forms with what was typed last, by
    whomever: the next person's page would contain the previous one's text. Fields with an
    autocomplete of their own (such as an address) are still offered it.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template's source, with the attribute in each form."""
        return source.replace(' method="post"', ' method="post" autocomplete="off"')


def init_app(app: Flask) -> None:
    """Set up the environment of `app`, after flask-babel, whose functions it replaces."""
    app.jinja_env.undefined = NamesMustExist
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.add_extension(FormsAreNotRestored)
    app.jinja_env.filters["words"] = Words.of
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


@pass_eval_context
def gettext(context: EvalContext, msgid: str, **variables: Any) -> str:
    """A text in the page's language with its variables, escaped in HTML."""
    language, autoescape = get_locale(), bool(context.autoescape)
    if variables:
        return _pattern(language, msgid, autoescape) % variables
    return _constant(language, msgid, autoescape)


@lru_cache(maxsize=CONSTANT_TEXTS)
def _constant(language: Locale | None, msgid: str, autoescape: bool) -> str:
    return _pattern(language, msgid, autoescape) % {}


@lru_cache(maxsize=CONSTANT_TEXTS)
def _pattern(_language: Locale | None, msgid: str, autoescape: bool) -> str:
    """The text in the current language, which the caller passes as the cache's key."""
    text = get_translations().ugettext(msgid)
    return Markup(text) if autoescape else text  # noqa: S704  # the catalogue's own words


@pass_eval_context
def ngettext(context: EvalContext, singular: str, plural: str, num: int, **variables: Any) -> str:
    """The text of the plural form for `num`."""
    text = get_translations().ungettext(singular, plural, num)
    if context.autoescape:
        text = Markup(text)  # noqa: S704  # the catalogue's own words
    return text % {"num": num, **variables}
