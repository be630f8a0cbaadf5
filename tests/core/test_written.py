"""What people paste, in every field of every form: text, identifiers, money, dates, passwords.

The fields are those that the forms declare, whatever form that is, and the columns of their tables.
Dates in one input stand only in forms that are made of a call's questions.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField

from portal.core import fields
from portal.core.db import Words
from portal.core.fields.base import Form
from portal.core.fields.rows import KINDS

REFUSED = object()

TEXTS = {
    "\u200b\u2060\ufeff": "",
    "Be\u0304rzin\u0327s\u030c": "Bērziņš",
    "jau\u00adnie\u00adšu": "jauniešu",
    "„Vēja\u00a0trauksme” – klase": "„Vēja\u00a0trauksme” – klase",
    "Līvõ kēļ, Владимир, naïve, ﬁnansējums": "Līvõ kēļ, Владимир, naïve, ﬁnansējums",
    "\u200bviens\u00a0": "viens",
    "a\x85b": REFUSED,
}
MONEY = {
    "1 250,50": 125_050,
    "1.250,50": 125_050,
    "4.600,00": 460_000,
    "€ 300": 30_000,
    "300,-": 30_000,
    "EUR 300.5": 30_050,
    "1,250.50": REFUSED,
}
DATES = {
    **dict.fromkeys(["5.3.2027", "05/03/2027", "5.3.27", "5. marts 2027"], date(2027, 3, 5)),
    **dict.fromkeys(["2027. gada 5. martā", "5.3.2027.g."], date(2027, 3, 5)),
    "30.02.2027": REFUSED,
    "1" + " " * 900 + "1" + " " * 900 + "x": REFUSED,
}
CASES: dict[type[fields.Field], dict[str, Any]] = {
    fields.Text: TEXTS,
    fields.Name: TEXTS,
    fields.TextArea: {**TEXTS, "viens\r\ndivi": "viens\ndivi"},
    fields.WordsField: {
        typed: right if right is REFUSED else Words(lv=str(right)) for typed, right in TEXTS.items()
    },
    fields.Money: MONEY,
    fields.Date: DATES,
    fields.DateText: DATES,
    fields.Number: {"1\u00a0204": 1204, "\u200b12": 12, "1.204": REFUSED, "\u200b": None},
    fields.Email: {
        "\u200banna@example.lv ": "anna@example.lv",
        "anna @\u00a0example.lv": "anna@example.lv",
        "anna@bērni.lv": "anna@bērni.lv",
        "jānis@example.lv": REFUSED,
    },
    fields.Phone: {
        "+371\u00a029 123 456": "+37129123456",
        "(+371) 29-123-456": "+37129123456",
        "29123456": "+37129123456",
        "0049 30 123456": "+4930123456",
        "29123": REFUSED,
        "1-800-FLOWERS": REFUSED,
    },
    fields.Iban: {
        "LV80 BANK 0000 4351 9500 1": "LV80BANK0000435195001",
        "lv80bank0000\u200b435195001\u00a0": "LV80BANK0000435195001",
        "LV80 BANK 0000 4351 9500 2": REFUSED,
    },
    fields.RegistrationNumber: {
        "4000\u00a03032\u200b949": "40003032949",
        "LV 40003032949": "40003032949",
        "40003032948": REFUSED,
    },
    fields.Password: {
        "a\u0304 garumzi\u0304me": "ā garumzīme",
        "no\u00a0break": "no break",
        "a\u200bb": REFUSED,
    },
}


def classes(kind: type[Form] = Form) -> Iterator[type[Form]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("portal."):
            yield one
        yield from classes(one)


def places(kind: type[fields.Field]) -> dict[str, UnboundField]:
    """Where a field that reads like this kind stands, and the field as it is declared."""
    found = {kind.__name__: UnboundField(kind, "")}
    for form in classes():
        for name, declared in vars(form).items():
            if not isinstance(declared, UnboundField):
                continue
            place = f"{form.__module__}.{form.__name__}.{name}"
            if declared.field_class.parse is kind.parse:
                found[place] = declared
            for column in declared.kwargs.get("columns", ()):
                if KINDS[column.kind].parse is kind.parse:
                    cell = UnboundField(KINDS[column.kind], "", **column.options)
                    found[f"{place}.{getattr(column, 'key', 'lv')}"] = cell
    return found


def typed_into(kind: type[fields.Field], text: str) -> dict[str, str]:
    """What a browser sends: a date is pasted into the first of its inputs."""
    if issubclass(kind, fields.Date):
        return {"f-day": text, "f-month": "", "f-year": ""}
    return {"f-lv": text, "f-en": ""} if issubclass(kind, fields.WordsField) else {"f": text}


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.__name__)
def test_every_field_of_its_kind_reads_what_people_paste(
    application: Flask, kind: type[fields.Field]
) -> None:
    found = places(kind)
    assert len(found) > 1 or kind is fields.DateText, "no form has such a field"
    with application.test_request_context("/?lang=en", method="POST"):
        for place, declared in found.items():
            form = type("One", (Form,), {"f": declared})
            for typed, right in CASES[kind].items():
                read = form(formdata=MultiDict(typed_into(kind, typed)), meta={"csrf": False}).f
                wrong = f"{place}: {typed[:40]!r} is {read.data!r} {read.process_errors}"
                assert bool(read.process_errors) == (right is REFUSED), wrong
                assert right is REFUSED or read.data == right, wrong
