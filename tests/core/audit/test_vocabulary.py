"""Vocabularies of the journal, merged."""

import pytest
from flask_babel import lazy_gettext as _l

from portal.core.audit.vocabulary import Vocabulary, together


def test_stages_may_say_the_same_of_a_column_and_not_different_things() -> None:
    reason = Vocabulary(columns={"reason": _l("Reason")})
    same = Vocabulary(columns={"reason": _l("Reason"), "name": _l("Name")})
    assert list(together([reason, same]).columns) == ["reason", "name"]
    with pytest.raises(ValueError, match="columns: reason"):
        together([reason, Vocabulary(columns={"reason": _l("Cause")})])
