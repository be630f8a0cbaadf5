"""What the page of a set of answers says to the scripts."""

from dataclasses import replace

import pytest
from flask import render_template_string

from portal.core.questions.answers.forms import filled_form
from tests.core.questions.answers.conftest import Keeping

PAGE = """{% from "core/questions/answering.html" import answers_form %}
{% call answers_form(owner, form, saves_to="/autosave") %}{% endcall %}"""


@pytest.mark.parametrize("keeps", [True, False])
def test_the_owner_says_whether_the_browser_keeps_what_is_typed(
    keeping: Keeping, keeps: bool
) -> None:
    owner = replace(keeping.owner, keeps_text=keeps)
    form = filled_form(owner.current(), owner.current().questions)
    page = render_template_string(PAGE, owner=owner, form=form)
    assert ("data-keep" in page) is keeps
