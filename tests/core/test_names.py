"""Which names are names, and which are letters to somebody."""

import pytest

from portal.core.names import offending, unlinked

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
    "Biedrība „18.11.1918.”",
    "Dr.sc.ing. Ilze Šķērsiņa",
    "Biedrība Mēs esam par jaunatni. Rīga",
    "Sv.Annas Romas katoļu draudze Liepājas pilsētā",
    "Liepājas pilsētas 12.vidusskolas skolēnu pašpārvalde",
    "Latvijas bērnu fonds ziedot.lv",
    "Klubs 1991 & draugi (Liepāja), 2. nod.",
    "Liepājas Valstspilsētas pašvaldības iestāde „Liepājas Jaunatnes pils. Centrs”",
]
MESSAGES = [
    "Jūsu konts ir bloķēts! Atveriet http://evil.example",
    "Jūsu konts ir bloķēts! Zvaniet tūlīt",
    "Jūsu konts ir slēgts. Apstipriniet paroli",
    "Your account is closed. Please confirm",
    "Jūsu konts ir bloķēts, rakstiet hakeris.lv",
    "Jūsu,konts,ir,bloķēts,rakstiet:hakeris。LV",
    "Jūsu konts ir bloķēts, zvaniet 1188.lv",
    "Konts slēgts, rakstiet uz банка.рф",
    "Banka www.banka.lv",
    "banka HTTPS:evil",
    "drosi.banka.lv",
    "bit.ly/abc",
    "ｂｉｔ．ｌｙ／ａｂｃ",
    "t。me/laimests",
    "Raksti uz eva@evil.example",
    "Zvani 26 123 456",
    "+371-26-123-456",
    "Zvaniet 26–12–34–56",
    "\u3164",
    "192.0.2.7",
    "Anna\nJūsu konts",
    "Anna\u202eavreB",
    "An\u200bna",
    "Ļoti " * 50,
]


@pytest.mark.parametrize("name", NAMES)
def test_names_pass(name: str) -> None:
    assert offending(name) == ""


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_do_not(name: str) -> None:
    assert offending(name)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Biedrība „Rīts”, zvani 26 123 456 tūlīt", "26 123 456"),
        ("Jūsu konts ir bloķēts, rakstiet hakeris.lv", "hakeris.lv"),
        ("Biedrība https://banka.lv/abc Rīga", "https://banka.lv/abc"),
        ("An\u200bna", "U+200B"),
    ],
)
def test_what_is_wrong_is_named(name: str, part: str) -> None:
    assert offending(name) == part


@pytest.mark.parametrize("dot", ".。．｡․﹒")
def test_no_dot_makes_a_link(dot: str) -> None:
    assert unlinked(f"evil{dot}com") == "evil. com"
