"""Whatever anybody gives the page that checks receipts: an answer in words, and never a crash."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import VISITOR, World

# Everything that JSON can say and our records never do, and halves of characters.
texts = st.sampled_from(["\0", "\ud800"]) | st.text(
    st.characters(exclude_categories=()), max_size=8
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.just(10**400)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def verdict(world: World, data: bytes) -> str:
    """The page about these bytes, in which stands what was found or what is wrong with them."""
    # Made by hand: of a large file the test client leaves one open.
    token = world.cookies[VISITOR][1].encode()
    body = b"--b\r\n".join(
        (
            b"",
            b'Content-Disposition: form-data; name="csrf_token"\r\n\r\n' + token + b"\r\n",
            b'Content-Disposition: form-data; name="file"; filename="r.json"\r\n\r\n' + data,
        )
    )
    kind = {"data": body + b"\r\n--b--\r\n", "content_type": "multipart/form-data; boundary=b"}
    with world.undone():
        page = world.ask(VISITOR, "/verify", "POST", token=False, **kind)
    assert page.status_code in (200, 422), page.status
    assert ("asns-findings" in page.text) is (page.status_code == 200)
    assert ("govuk-error-summary" in page.text) is (page.status_code == 422)
    return page.text


@pytest.fixture(scope="module")
def genuine(world: World) -> list[dict[str, Any]]:
    """A receipt and a register that the portal knows."""
    receipt = world.ask("owner", world.url("submission.receipt_json", "closed")).json
    register = world.ask(VISITOR, world.url("register.page_json", "closed")).json
    assert receipt and register
    for record in (receipt, register):
        assert "asns-findings" in verdict(world, dumped(record))
    return [receipt, register]


def dumped(record: object) -> bytes:
    return json.dumps(record).encode()


def parts(value: object) -> list[Any]:
    return (
        [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    )


@st.composite
def spoiled(draw: st.DrawFn, record: dict[str, Any]) -> dict[str, Any]:
    """A genuine record with something else in one place of it, or with something more."""
    record = copy.deepcopy(record)
    place: Any = record
    while (inner := [one for one in parts(place) if parts(one)]) and draw(st.integers(0, 2)):
        place = draw(st.sampled_from(inner))
    key = draw(st.sampled_from([*(place if isinstance(place, dict) else range(len(place)))]))
    if isinstance(place, dict) and draw(st.booleans()):
        place[draw(texts)] = draw(values)
    else:
        place[key] = draw(values)
    return record


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_record_that_somebody_has_spoilt_is_told(
    world: World, genuine: list[dict[str, Any]], data: st.DataObject
) -> None:
    verdict(world, dumped(data.draw(st.sampled_from(genuine).flatmap(spoiled))))


@settings(max_examples=40)
@given(value=values)
def test_any_json_is_an_answer(world: World, value: object) -> None:
    assert "govuk-error-summary" in verdict(world, dumped(value))


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"form": "asns/receipt/1", "seal": ' + b"9" * 10_000 + b"}",
        b'{"form": "asns/receipt/1", "form": "asns/receipt/1", "seal": "", "content": {}}',
        b'{"form": "asns/register/1", "competition": "\\u0000", "registers": []}',
        b'{"form": "asns/register/1", "competition": "\\ud800", "registers": []}',
        dumped({"form": "asns/receipt/1", "content": {str(key): 0 for key in range(500_000)}}),
        dumped({"form": "asns/register/1", "competition": "", "registers": [[]] * 10**6}),
        b"\xff\xfe[\0",
        b"\xef\xbb\xbf{}",
        b"%PDF" + b"/EmbeddedFile stream\n{" * 300_000,
        b"%PDF" + b"stream\r\n" * 900_000,
    ],
    ids=lambda hostile: repr(hostile[:24]),
)
def test_bytes_made_to_harm_are_refused_in_words(world: World, hostile: bytes) -> None:
    assert "govuk-error-summary" in verdict(world, hostile)


def test_what_differs_is_shortened(world: World, genuine: list[dict[str, Any]]) -> None:
    receipt = copy.deepcopy(genuine[0])
    receipt["content"]["x" * 100_000] = 1
    assert len(verdict(world, dumped(receipt))) < 50_000


def test_a_register_of_five_thousand_lines_is_checked(
    world: World, genuine: list[dict[str, Any]]
) -> None:
    register = copy.deepcopy(genuine[1])
    line = register["registers"][0]["entries"][0]
    register["registers"][0]["entries"] = [
        {"number": f"LIE-2026-1-{ordinal:03}", "seal": line["seal"], "proof": ["0" * 64] * 13}
        for ordinal in range(5000)
    ]
    assert "asns-band--refused" in verdict(world, json.dumps(register, indent=2).encode())
