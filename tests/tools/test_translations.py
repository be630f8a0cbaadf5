"""What `make check` refuses in the catalogue, and what `make translations` makes of it."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import translations

USED = Catalog()
USED.add("Hello, %(name)s")
USED.add(("%(num)s apple", "%(num)s apples"))


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue for code that says "Hello, %(name)s" and counts apples."""
    monkeypatch.setattr(translations, "CATALOGUES", tmp_path)
    return begun("lv")


def begun(language: str) -> Path:
    """A new catalogue, with nothing translated."""
    catalogue = translations.path(language)
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    translations.update(language, USED)
    return catalogue


def say(catalogue: Path, *texts: str) -> None:
    """Fill the empty translations of the catalogue, in its order."""
    written = catalogue.read_text()
    head, body = written.split("\n\n", 1)
    for text in texts:
        body = body.replace('""', f'"{text}"', 1)
    catalogue.write_text(f"{head}\n\n{body}")


GOOD = ("%(num)s ābols", "%(num)s āboli", "neviena ābola", "Sveiki, %(name)s")


def test_a_complete_catalogue_has_no_faults(catalogue):
    say(catalogue, *GOOD)
    assert translations.faults("lv", USED) == []


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (GOOD[:3], "untranslated: 'Hello"),
        ((*GOOD[:3], "Sveiki"), "lost placeholder: 'Hello"),
        ((*GOOD[:3], "Sveiki, %(nmae)s"), "unknown placeholder: 'Hello"),
        ((*GOOD[:3], "Sveiki, “%(name)s”"), "quotation marks other than „…”: 'Hello"),
        (
            (*GOOD[:3], "Sveiki, %(name)s. Pievienojiet datni"),
            "a word that another stands for, 'datni'",
        ),
        ((*GOOD[:3], "Sveiki, %(name)s kritērijiem"), "a number that its noun cannot agree with"),
        ((*GOOD[:3], "Sveiki, %(name)s, Nr. 460"), "a space at which a figure would part"),
    ],
)
def test_every_form_is_owed_with_its_placeholders(catalogue, texts, fault):
    say(catalogue, *texts)
    (found,) = translations.faults("lv", USED)
    assert found.startswith(fault)


def test_fuzzy_and_stale_and_missing_texts_are_faults(catalogue):
    say(catalogue, *GOOD)
    written = catalogue.read_text()
    catalogue.write_text(
        written.replace('#, python-format\nmsgid "Hello', '#, fuzzy, python-format\nmsgid "Hello')
        + '\nmsgid "Gone"\nmsgstr "Nav vairs"\n'
    )
    assert kinds_of_faults() == {"fuzzy", "no longer used"}
    catalogue.write_text(translations.header("lv"))
    assert kinds_of_faults() == {"missing"}


def kinds_of_faults() -> set[str]:
    return {fault.split(":")[0] for fault in translations.faults("lv", USED)}


def test_an_update_keeps_translations_and_drops_what_is_gone(catalogue):
    say(catalogue, *GOOD)
    kept = catalogue.read_text()
    catalogue.write_text(kept + '\nmsgid "Gone"\nmsgstr "Nav vairs"\n')
    translations.update("lv", USED)
    assert catalogue.read_text() == kept


def test_an_update_keeps_a_figure_with_its_word(catalogue):
    say(catalogue, *GOOD[:3], "Sveiki, %(name)s. rindā: Nr. 460, 150 €, 5.–12. klase, 40 %%")
    translations.update("lv", USED)
    assert (
        "%(name)s.\xa0rindā: Nr.\xa0460, 150\xa0€, 5.–\u206012.\xa0klase, 40\xa0%%"
        in catalogue.read_text()
    )
    assert translations.faults("lv", USED) == []


def test_another_language_owes_no_translation_and_has_its_own_plurals(catalogue):
    estonian = begun("et")
    assert translations.languages() == ["et", "lv"]
    assert translations.faults("et", USED) == []
    assert estonian.read_text().count("msgstr[") == 2
    say(estonian, "%(num)s õun", "%(num)s õuna", "Tere")
    (found,) = translations.faults("et", USED)
    assert found.startswith("lost placeholder: 'Hello")
