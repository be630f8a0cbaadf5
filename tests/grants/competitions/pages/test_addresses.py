"""The address of a call does not hide a page of the portal, nor the other way round."""

from flask import Flask

from portal.grants.competitions.forms import RESERVED


def test_every_word_that_stands_in_a_calls_place_is_reserved(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    before = {rule.partition("<slug:competition>")[0] for rule in rules if "<slug:comp" in rule}
    words = {
        rule.removeprefix(place).partition("/")[0]
        for place in before
        for rule in rules
        if rule.startswith(place)
    }
    assert {word for word in words if word and "<" not in word} == RESERVED


def test_a_reserved_word_is_no_address_of_a_call(officer):
    answer = officer.send("/board/competitions/new", {"slug": "new"})
    assert answer.status_code == 422
    assert "Šī adrese ir aizņemta." in answer.text
