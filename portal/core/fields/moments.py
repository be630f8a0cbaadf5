"""Fields for dates and instants. Times are shown in Riga's zone, instants stored in UTC."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal.core import clock, parsing
from portal.core.errors import Message
from portal.core.fields.base import Field, Refused, as_text, component, width_class
from portal.core.fields.text import Text, group
from portal.core.formats import clocktime, short_date
from portal.core.parsing import Unreadable

PARTS = ("day", "month", "year")


def read_date(typed: dict[str, str]) -> date | None:
    """The date of three texts, or of one that contains it all (pasted); None if all are blank.

    Raises Refused for missing or contradicting parts, and Unreadable.
    """
    texts = {part: parsing.line(typed[part]).rstrip(".") for part in PARTS}
    if whole := _whole(texts):
        place, day = whole
        own = {part: str(getattr(day, part)) for part in PARTS}
        others = {part: text for part, text in texts.items() if text and part != place}
        if not _is(day, {**own, **others}):
            raise Refused(_("A whole date stands in one box and another date in the others."))
        return day
    names = {"day": _("the day"), "month": _("the month"), "year": _("the year")}
    absent = [names[part] for part in PARTS if not texts[part]]
    if absent and len(absent) < len(PARTS):
        raise Refused(_("The date lacks %(parts)s.", parts=", ".join(absent)))
    return parsing.day(" ".join(texts.values()))


def in_one(typed: dict[str, str]) -> str:
    """The three inputs joined as one text; unchanged if they are no date."""
    with suppress(Unreadable, Refused):
        if day := read_date(typed):
            return day.isoformat()
    parts = [typed[part].strip().rstrip(".") for part in PARTS]
    between = _BETWEEN_BOXES if any("." in part for part in parts) else "."
    return between.join(parts).rstrip(between)


def in_three(written: str) -> dict[str, str]:
    """The three inputs from the text that in_one made."""
    between = _BETWEEN_BOXES if _BETWEEN_BOXES in written else "."
    parts = [*written.split(between, 2), "", ""]
    return dict(zip(PARTS, parts, strict=False))


_BETWEEN_BOXES = " | "  # occurs in no date; a dot would be ambiguous


def _whole(texts: dict[str, str]) -> tuple[str, date] | None:
    """The part that contains a whole date, and the date."""
    for part, text in texts.items():
        with suppress(Unreadable):
            if day := parsing.day(text):
                return part, day
    return None


def _is(day: date, texts: dict[str, str]) -> bool:
    with suppress(Unreadable):
        return parsing.day(" ".join(texts[part] for part in PARTS)) == day
    return False


class Date(Field):
    """A date in three inputs, as date. `earliest` and `latest` limit it, inclusive."""

    missing = _l("Enter the date")

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        earliest: date | None = None,
        latest: date | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.earliest = earliest
        self.latest = latest

    def collect(self, formdata: Any) -> dict[str, str]:
        return {part: as_text(formdata.get(f"{self.name}-{part}", "")) for part in PARTS}

    def parse(self, typed: dict[str, str]) -> Any:
        return self.within(read_date(typed))

    def within(self, value: date | None) -> date | None:
        """The value; adds an error for a day outside the limits."""
        if value and self.earliest and value < self.earliest:
            self.complain(_("The date must be %(day)s or later.", day=short_date(self.earliest)))
        if value and self.latest and value > self.latest:
            self.complain(_("The date must be %(day)s or earlier.", day=short_date(self.latest)))
        return value

    @property
    def focus_id(self) -> str:
        return f"{self.id}-day"

    def parts_shown(self) -> dict[str, str]:
        """The text in each input."""
        if self.typed is not None:
            return dict(self.typed)
        day = self.day_of(self.data)
        if day is None:
            return dict.fromkeys(PARTS, "")
        return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}

    def day_of(self, value: Any) -> date | None:
        """The date part of the value."""
        return value if isinstance(value, date) else None

    def date_inputs(self, hour: tuple[str, dict[str, Any]] | None = None) -> Markup:
        """The three inputs, and that of the hour if there is one, without a fieldset."""
        shown = self.parts_shown()
        labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        parts = [(labels[part], self._part(part, shown[part])) for part in PARTS]
        return component("date", self, parts, hour)

    def _part(self, part: str, value: str) -> dict[str, Any]:
        width = width_class(4 if part == "year" else 2)
        return {
            **self.part_attributes("govuk-input", f"-{part}", "govuk-date-input__input", width),
            "type": "text",
            "inputmode": "numeric",
            "value": value,
        }

    def render(self, **options: Any) -> Markup:
        return group(self, self.date_inputs(), **options)


class DateText(Text):
    """A date in one input, for rows and filters."""

    missing = _l("Enter the date")

    def __init__(self, label: Message = "", hint: Message = "", **options: Any) -> None:
        super().__init__(label, hint, **{"width": 10, **options})

    def parse(self, typed: str) -> date | None:
        return parsing.day(typed)

    def text(self, value: date | None) -> str:
        return "" if value is None else f"{value.day:02d}.{value.month:02d}.{value.year:04d}."


class DateTime(Date):
    """A date and time in Riga, as a UTC instant.

    With `whole_minute` the minute counts to its end (23.59 is 23:59:59), as for deadlines. A time
    skipped by the clocks in spring is refused; of one repeated in autumn the first is taken, unless
    the value was the second.
    """

    missing = _l("Enter the date and the time")

    def __init__(
        self, label: Message = "", hint: Message = "", *, whole_minute: bool = False, **options: Any
    ) -> None:
        super().__init__(label, hint, **options)
        self.whole_minute = whole_minute

    def collect(self, formdata: Any) -> dict[str, str]:
        return {
            **super().collect(formdata),
            "time": as_text(formdata.get(f"{self.name}-time", "")),
        }

    def parse(self, typed: dict[str, str]) -> datetime | None:
        day = self.within(read_date(typed))
        hour = self._hour(typed["time"])
        if isinstance(self.object_data, datetime) and typed == self._untouched():
            return self.object_data  # with its seconds, which the page does not show
        if day is None and hour is None:
            return None
        if day is None:
            raise Refused(_("The date is missing."))
        if hour is None:
            raise Refused(_("The time is missing."))
        return self._instant(datetime.combine(day, hour, clock.RIGA))

    def _hour(self, typed: str) -> time | None:
        found = parsing.hour(typed)
        return found.replace(second=59) if found and self.whole_minute else found

    def _instant(self, local: datetime) -> datetime:
        first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        if first.astimezone(clock.RIGA).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise Refused(_("That hour does not exist: the clocks go forward that night."))
        return second if self.object_data == second else first

    def day_of(self, value: Any) -> date | None:
        return value.astimezone(clock.RIGA).date() if isinstance(value, datetime) else None

    def _untouched(self) -> dict[str, str]:
        """The form data of an unchanged field."""
        day = self.object_data.astimezone(clock.RIGA)
        shown = {part: str(getattr(day, part)) for part in PARTS}
        return {**shown, "time": clocktime(self.object_data)}

    def parts_shown(self) -> dict[str, str]:
        shown = super().parts_shown()
        if self.typed is None:
            shown["time"] = clocktime(self.data) if isinstance(self.data, datetime) else ""
        return shown

    def render(self, **options: Any) -> Markup:
        hour = {
            **self.part_attributes("govuk-input", "-time", width_class(4)),
            "type": "text",
            "inputmode": "decimal",
            "value": self.parts_shown()["time"],
        }
        return group(self, self.date_inputs((_("Time"), hour)), **options)
