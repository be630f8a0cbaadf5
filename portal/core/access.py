"""Who may do what. Deny by default: a view without a mark stops the application from starting.

A right is asked with `@requires(Right.X)`. Before the view runs, the ids in its URL are loaded in
their order (each under the one before it, so a foreign child is not found), and the right's rule is
asked about them:

    @views.post("/<slug:competition>/decisions/propose")
    @requires(Right.PROPOSE_DECISIONS)
    def propose(competition: Competition) -> ResponseReturnValue: ...

A rule is a function of the actor and of what was loaded, and answers with its reason:

    @rule(Right.PROPOSE_DECISIONS)
    def _propose_decisions(actor: Actor, competition: Competition) -> Answer:
        return holds(actor, Role.OFFICER, competition.municipality_id)

A yes says on what it rests too, as a code that can be kept and in words.
Not there and not yours are the same 404; a refusal that may be explained is a 403 with the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.routing import BaseConverter, ValidationError

from portal.core.errors import Message

if TYPE_CHECKING:
    from uuid import UUID

    from portal.core.accounts.models import Person

Actor = "Person | None"
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """One basis of a granted access: a code to store, a text to show, and the scope of a role."""

    code: str  # a role or another basis: "officer", "own", "public"
    words: Message = field(compare=False, repr=False)  # evaluating them may query the database
    scope_id: "UUID | None" = None


@dataclass(frozen=True, slots=True)
class Access:
    """The result of a rule: allowed or not, and why. A `visible` refusal is shown as 403 with its
    reason, any other as 404.

    A granted access has grounds, see `yes`. `&` keeps the grounds of both sides, `|` those of the
    first that allows.
    """

    allowed: bool
    reason: Message = ""
    visible: bool = False
    grounds: tuple[Ground, ...] = ()

    def __post_init__(self) -> None:
        if self.allowed != bool(self.grounds):
            raise ValueError("a yes has its grounds, and nothing else has")

    def __bool__(self) -> bool:
        return self.allowed

    def __and__(self, other: "Access") -> "Access":
        if not (self.allowed and other.allowed):
            return other if self.allowed else self
        return Access(True, grounds=tuple(dict.fromkeys((*self.grounds, *other.grounds))))

    def __or__(self, other: "Access") -> "Access":
        return self if self.allowed else other


def yes(code: str, words: Message, scope_id: "UUID | None" = None) -> Access:
    """An access granted on this ground."""
    return Access(True, grounds=(Ground(code, words, scope_id),))


HIDDEN = Access(False)
OWN = yes("own", _l("It is your own."))
SIGNED_IN = yes("signed_in", _l("You are signed in."))


def no(reason: Message) -> Access:
    """A refusal whose reason is shown: the person may see the object, but not do this with it
    (now)."""
    return Access(False, reason, visible=True)


Rule = Callable[..., Access]
Loader = Callable[..., Any]

_rules: dict[StrEnum, Rule] = {}
_loaders: dict[str, Loader] = {}


def rule(right: StrEnum) -> Callable[[Rule], Rule]:
    """Register the only rule of a right: `(actor, *loaded)` to Access."""

    def register(function: Rule) -> Rule:
        if right in _rules:
            raise RuntimeError(f"two rules for {right}")
        _rules[right] = function
        return function

    return register


def loader(name: str) -> Callable[[Loader], Loader]:
    """Register the loader of the URL value `name`: `(key, **loaded_before)` to the object, or
    None."""

    def register(function: Loader) -> Loader:
        if name in _loaders:
            raise RuntimeError(f"two loaders for {name}")
        _loaders[name] = function
        return function

    return register


def may(right: StrEnum, *subjects: Any) -> Access:
    """Whether the current person has the right to these subjects; for templates."""
    return decide(right, person(), *subjects)


def decide(right: StrEnum, actor: "Person | None", *subjects: Any) -> Access:
    """The access of `actor` to these subjects under the right's rule."""
    return _rules[right](actor, *subjects)


def person() -> "Person | None":
    """The signed-in person of this request, or None."""
    user = current_user._get_current_object()
    return cast("Person", user) if user.is_authenticated else None


def signed_in() -> "Person":
    """The signed-in person, in a view that requires one."""
    actor = person()
    if actor is None:
        raise RuntimeError("no one is signed in")
    return actor


def requires(right: StrEnum) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Require this right to the objects in the URL. Visitors are sent to sign in first."""
    return _protected(right, visitors=False)


def public(right: StrEnum | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Open the view to visitors; objects in the URL are loaded, and `right` is checked if given."""
    return _protected(right, visitors=True)


def _protected(
    right: StrEnum | None, *, visitors: bool
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    def mark(view: Callable[P, T]) -> Callable[P, T]:
        @wraps(view)
        def protected(*_: P.args, **values: P.kwargs) -> Any:
            actor = person()
            if actor is None and not visitors:
                manager = current_app.login_manager  # type: ignore[attr-defined]  # Flask-Login's
                return manager.unauthorized()
            loaded = load(values)
            if right is not None:
                objects = [value for name, value in loaded.items() if name in _loaders]
                refuse(decide(right, actor, *objects))
            return current_app.ensure_sync(view)(**loaded)

        vars(protected).update(access=right or "public", visitors=visitors)
        return cast(Callable[P, T], protected)

    return mark


def load(values: Mapping[str, Any]) -> dict[str, Any]:
    """Replace URL values that have loaders by their objects, parents first; 404 if one is
    missing."""
    loaded: dict[str, Any] = {}
    parents: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _loaders:
            loaded[name] = value
            continue
        found = _loaders[name](value, **parents)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        loaded[name] = parents[name] = found
    return loaded


def refuse(answer: Access) -> None:
    """End the request with 403 or 404 if access is refused."""
    if answer.allowed:
        return
    if answer.visible:
        abort(HTTPStatus.FORBIDDEN, description=str(answer.reason))
    abort(HTTPStatus.NOT_FOUND)


def check_every_view(app: Flask) -> None:
    """Raise if a view has no access decorator. Called last in create_app."""
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not hasattr(view, "access") and endpoint != "static"
    ]
    if bare:
        raise RuntimeError(f"views without @requires or @public: {', '.join(sorted(bare))}")


class SlugConverter(BaseConverter):
    """A slug in a URL; builds from the object's `slug`."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"

    def to_url(self, value: Any) -> str:
        return str(getattr(value, "slug", value))


class NumberConverter(BaseConverter):
    """An application's number in a URL (LIE-2020-1-007); builds from the object's `number`.

    Its loader also accepts copied numbers with spaces, other dashes and invisible characters.
    """

    regex = r"[^\W_]+(?:[^\w.]+[^\W_]+)+[^\w.]*"

    def to_url(self, value: Any) -> str:
        return str(getattr(value, "number", value))


class KeyConverter(BaseConverter):
    """A UUID in a URL; builds from the object's `id`."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    def to_python(self, value: str) -> Any:
        from uuid import UUID

        try:
            return UUID(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: Any) -> str:
        return str(getattr(value, "id", value))


def converters() -> dict[str, type[BaseConverter]]:
    """The URL converters by name, for the application factory."""
    return {"slug": SlugConverter, "number": NumberConverter, "key": KeyConverter}


def endpoint_is_public() -> bool:
    """Whether the view of this request is open to visitors; its pages may be cached."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "visitors", False))
