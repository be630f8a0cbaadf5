"""The kinds of question by their codes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.core.questions.kinds.base import QuestionKind

_KINDS: dict[str, "QuestionKind"] = {}


def register(*kinds: "QuestionKind") -> None:
    """Register kinds, in the order in which they are offered."""
    for kind in kinds:
        _KINDS[kind.code] = kind


def forget(code: str) -> None:
    """Remove a kind."""
    del _KINDS[code]


def kind_of(code: str) -> "QuestionKind":
    """The kind with this code; raises KeyError for an unknown one."""
    return _KINDS[code]


def all_kinds() -> Iterable["QuestionKind"]:
    """All kinds, in the order in which they are offered."""
    return tuple(_KINDS.values())
