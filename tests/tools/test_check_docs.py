"""What `make check` finds in a document that has outlived what it names."""

from pathlib import Path

from tools import check_docs


def test_what_is_named_and_is_not_there_is_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "Run `make tea` or `make run`, then `flask --app wsgi serve` or `flask brew`. See"
        " [this](gone.md), [that](https://example.org) and `config.py`, not `kettle.py`."
    )
    found = list(check_docs.faults(document, {"run"}, {"serve"}))
    assert found == ["no file gone.md", "no target tea", "no command brew", "no file kettle.py"]


def test_a_term_that_is_neither_in_the_code_nor_on_a_screen_is_found() -> None:
    glossary = "| `Competition` | call | konkurss | … |\n| `Tender` | tender | iepirkumiņš | … |\n"
    assert list(check_docs.not_so(glossary)) == [
        "no Tender in the code",
        "no “iepirkumiņš” on Latvian screens",
    ]
