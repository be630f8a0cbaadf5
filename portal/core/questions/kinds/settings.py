"""The builder's form of one question; each kind adds its fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.core.db import Words
from portal.core.errors import Message
from portal.core.fields import Select, Statement, WordsField
from portal.core.forms import VersionedForm


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """The fields of a question; `settings` are those of its kind."""

    label: Words
    hint: Words = field(default_factory=Words)
    required: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    measures: str | None = None
    level: int | None = None  # unchanged, if the owner has no levels


@dataclass(frozen=True, slots=True)
class Offer:
    """What questions of an owner's form can refer to, as codes with labels.

    `measures` are what the owner takes from answers of this kind; `sums` and `windows` those of its
    Context; `figures` the form's numeric questions with their kinds. `levels` are the visibilities
    of answers; `minors` says who opens files that name minors, "" if they are like all others.
    """

    measures: Sequence[tuple[str, Message]] = ()
    sums: Sequence[tuple[str, Message]] = ()
    windows: Sequence[tuple[str, Message]] = ()
    figures: Sequence[tuple[str, str, str]] = ()  # key, kind, label
    levels: Sequence[tuple[str, Message]] = ()
    minors: Message = ""


class QuestionForm(VersionedForm):
    """The fields of every question. A kind adds its own, named as in the settings."""

    label = WordsField(_l("Question"), limit=300)
    hint = WordsField(
        _l("Hint"),
        _l("Say what helps to answer: what counts, how much is enough."),
        limit=600,
        long=True,
        rows=2,
        required=False,
    )
    required = Statement(_l("An answer is required"), required=False)
    measures = Select(
        _l("The portal takes from the answer"),
        _l("Lists and rules rely on it; each is asked once in a form."),
        blank=_l("nothing"),
        required=False,
    )
    level = Select(_l("Who sees the answer"))
    section = Select(_l("Stands in the section"), required=False)

    own: tuple[str, ...] = ()
    offered = Offer()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(self.offered)

    @classmethod
    def offering(cls, offer: Offer) -> type[Self]:
        """The form class with what questions can refer to."""
        return type(cls.__name__, (cls,), {"offered": offer})

    def offer(self, offer: Offer) -> None:
        """Set the choices; without levels, that field is removed."""
        self.measures.choices = offer.measures
        self.level.choices = offer.levels
        if not offer.levels:
            del self.level

    @classmethod
    def values(cls, row: Any) -> Mapping[str, Any]:
        common = {name: getattr(row, name) for name in ("label", "hint", "required", "measures")}
        stands = {"section": row.section.key, "level": str(row.level)}
        return {**common, **stands, **cls.read(row.settings)}

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values of the kind's own fields."""
        return dict(settings)

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as they are stored; `before` are the question's present ones."""
        return {name: self[name].data for name in self.own if self[name].data is not None}

    def facts(self, before: Mapping[str, Any] | None = None) -> QuestionFacts:
        """The values, as the verbs take them."""
        return QuestionFacts(
            label=self.label.data,
            hint=self.hint.data or Words(),
            required=bool(self.required.data),
            settings=self.settings(before or {}),
            measures=self.measures.data or None,
            level=int(self.level.data) if "level" in self else None,
        )


def check_bounds(form: Any, upper: Any) -> None:
    """An inline validator: the upper bound may not be below the lower one."""
    least = form["min"].data
    if least is not None and upper.data is not None and upper.data < least:
        if isinstance(least, date):
            raise ValidationError(_l("The latest day must not be before the earliest."))
        raise ValidationError(_l("The largest must not be less than the smallest."))
