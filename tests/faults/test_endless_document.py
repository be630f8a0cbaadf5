"""A document that is not finished in its time is ended, and holds nobody."""

from pathlib import Path
from subprocess import CalledProcessError

import pytest

from portal.core.documents import programs
from portal.core.errors import TooMany


@pytest.mark.usefixtures("ctx")
def test_a_document_without_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs, "CPU_SECONDS", 1)
    template = tmp_path / "endless.typ"
    template.write_text("#for i in range(100000) { for j in range(100000) { let k = j } }")
    (tmp_path / "mark.svg").touch()
    facts = {"data": {}, "attached": "", "logo": "", "standards": ["a-2a"], "timestamp": 0}
    with pytest.raises(CalledProcessError) as ended:
        programs.run("typeset", {"template": str(template), **facts})
    assert ended.value.returncode < 0  # by a signal
    monkeypatch.setattr(programs, "LONGEST", 0.2)  # a machine that is busy with other things
    with pytest.raises(TooMany):
        programs.run("typeset", {"template": str(template), **facts})
