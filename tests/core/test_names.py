"""Which names are names, and which are letters to somebody."""

import pytest

from portal.core.names import is_message

NAMES = [
    "Anna Bērziņa",
    "Anna-Marija O'Neill",
    "Žanis K. Šmits",
    "A.Kalns",
    "Dr. med. Ilze Šķērsiņa-Ūsiņa",
    "Иван Петров",
    'Biedrība „Jauniešu centrs "Ideja"”',
    'SIA "Rīts un Co"',
    'A/S "Liepājas metalurgs"',
    "Liepājas Raiņa 6. vidusskola",
    "Liepājas pilsētas 12. vidusskolas skolēnu pašpārvalde Nr. 2",
    "Sv.Trīsvienības draudze",
    "Nodibinājums „Ziedot.lv”",
    "Brīvā Mikrofona biedrība!",
    "Jauniešu iniciatīvu grupa „Mēs varam! Un darām!”",
    "Kas tālāk? Mēs!",
    "Biedrība „Eiropa 2014.–2020.”",
    "Klubs 1991 & draugi (Liepāja), 2. nod.",
    "Liepājas Valstspilsētas pašvaldības iestāde „Liepājas Jaunatnes pils. Centrs”",
]
MESSAGES = [
    "Jūsu konts ir bloķēts! Atveriet http://evil.example",
    "Jūsu konts ir bloķēts! Zvaniet tūlīt",
    "Jūsu konts ir slēgts. Apstipriniet paroli",
    "Your account is closed. Please confirm",
    "Banka www.banka.lv",
    "banka HTTPS:evil",
    "drosi.banka.lv",
    "bit.ly/abc",
    "ｂｉｔ．ｌｙ／ａｂｃ",
    "t。me/laimests",
    "Raksti uz eva@evil.example",
    "Zvani 26 123 456",
    "+371-26-123-456",
    "192.0.2.7",
    "Anna\nJūsu konts",
    "Anna\u202eavreB",
    "An\u200bna",
    "Ļoti " * 50,
]


@pytest.mark.parametrize("name", NAMES)
def test_names_pass(name: str) -> None:
    assert not is_message(name)


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_do_not(name: str) -> None:
    assert is_message(name)
