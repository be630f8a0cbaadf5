"""The catalogues: bring them up to date with the code, or check them.

python -m tools.translations update    take in new texts, drop those that are gone
python -m tools.translations check     fail where a translation is wrong, or Latvian lacks one

In another language, a text without a translation stands in English.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.core.formats import unbroken
from portal.core.languages import OWED

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "portal/translations"
TEMPLATES = ("templates/**.html", "templates/**.txt")
METHODS = [
    ("portal/**.py", "python"),
    *((name, "jinja2") for name in TEMPLATES),
]
OPTIONS = {
    name: {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
    for name in TEMPLATES
}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
HEADER = r"""# The portal in {name}. `make translations` brings it up to date.
msgid ""
msgstr ""
"Language: {code}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: {plural_forms};\n"

"""
FOREIGN_QUOTES = frozenset('"“')
# One term for one thing; what stands here has another (docs/glossary.md), or is no Latvian.
REJECTED = re.compile(
    r"""
    \b(?:
        datn\w*                          # fails
      | (?<!mīkstinājuma[ ])zīm(?:e|es|i|ei|ju|ēm|ēs)\b  # rakstzīme
      | grant\w*                        # finansējums, atbalstāmais projekts
      | ail\w*                          # kolonna
      | apzīmogo\w*                     # aizzīmogot
      | pārvaldes[ ]darbiniek\w*        # pārvaldes speciālists
      | riska[ ]jaunie\w* | riskā\b     # riska grupas jaunieši
      | liet(?:a|as|u|ām)\b             # punkts, darbs
      | skaitās                         # ir spēkā, ņem vērā
      | Uzmanību\b                      # says nothing
      | [Ee]-pastā[ ]sūt\w*             # pa e-pastu
    )
    | (?<=[\w,][ ])J(?:ūs|ums)\w*       # jūs: a page speaks to whoever reads it
    | —                                 # –
    """,
    re.VERBOSE,
)
COUNTED = re.compile(  # "1 daļām"; an ordinal has its full stop, a range its plural
    r"(?<!–)(?:%\(\w+\)[sd]|\{\w+\})[ \u00a0]"
    r"(?:dien|stund|minū|mēne|punkt|daļ|kritērij|projekt|rakstzīm|locek|iesniegum|fail|vēstul|šūn"
    r"|rind|jautājum|cilvēk|person)\w*"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)|%[sd]|\{(\w*)\}")


def path(language: str = OWED) -> Path:
    """The catalogue of a language."""
    return CATALOGUES / language / "LC_MESSAGES/messages.po"


def languages() -> list[str]:
    """The codes of all languages that have a catalogue."""
    return sorted(one.name for one in CATALOGUES.iterdir() if path(one.name).exists())


def extract() -> Catalog:
    """What code and templates say, untranslated."""
    found = Catalog()
    for _, _, msgid, _, context in extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS):
        found.add(msgid, context=context)
    return found


def read(language: str = OWED) -> Catalog:
    """The catalogue of a language as it stands."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, used: Catalog) -> None:
    """Write a catalogue with exactly the texts that are used, sorted, one line a text."""
    old, new = read(language), Catalog(locale=language)
    for message in used:
        if message.id:
            known = old.get(message.id, message.context)
            new.add(
                message.id,
                _unbroken(known.string) if known else "",
                context=message.context,
                user_comments=known.user_comments if known else (),
            )
    with path(language).open("wb") as file:
        file.write(header(language).encode())
        write_po(file, new, width=0, no_location=True, omit_header=True, sort_output=True)


def header(language: str) -> str:
    """The head of a catalogue."""
    name, plural_forms = Locale(language).english_name, Catalog(locale=language).plural_forms
    return HEADER.format(name=name, code=language, plural_forms=plural_forms.removesuffix(";"))


def faults(language: str, used: Catalog) -> list[str]:
    """What is wrong with a catalogue, a line each."""
    known = read(language)
    found = [
        f"{fault}: {message.id!r}"
        for message in known
        if message.id and (fault := _fault(language, message, known, used))
    ]
    found += [
        f"missing: {message.id!r}"
        for message in used
        if message.id and known.get(message.id, message.context) is None
    ]
    if known.num_plurals != Catalog(locale=language).num_plurals:
        found.append(f"plural forms: {known.plural_forms}")
    return found


def _fault(language: str, message: Message, known: Catalog, used: Catalog) -> str:
    forms, originals = _texts(message.string), _texts(message.id)
    if used.get(message.id, message.context) is None:
        return "no longer used"
    if message.fuzzy:
        return "fuzzy"
    if not any(forms) and language != OWED:
        return ""
    if not all(forms) or (message.pluralizable and len(forms) != known.num_plurals):
        return "untranslated"
    # A plural form may do without the number ("viena diena"), but none may invent a name.
    names = {name for original in originals for name in _placeholders(original)}
    if any(_placeholders(form) - names for form in forms):
        return "unknown placeholder"
    if not message.pluralizable and _placeholders(forms[0]) != names:
        return "lost placeholder"
    # What compiling the catalogue refuses: a name that the singular of the original lacks.
    refused = next((str(error) for error in message.check(known)), "")
    return refused or _stumble(language, message, forms)


def _stumble(language: str, message: Message, forms: list[str]) -> str:
    """What a reader would stumble on; beside spaces, in Latvian alone."""
    if any(form != unbroken(form) for form in forms):
        return "a space at which a figure would part from its word; `make translations` mends it"
    if language != OWED:
        return ""
    if any(not FOREIGN_QUOTES.isdisjoint(form) for form in forms):
        return "quotation marks other than „…”"
    if rejected := next(filter(None, map(_rejected, forms)), None):
        return f"a word that another stands for, {rejected!r}"
    if not message.pluralizable and (counted := COUNTED.search(forms[0])):
        return f"a number that its noun cannot agree with, {counted.group()!r}"
    return ""


def _rejected(form: str) -> str:
    found = REJECTED.search(PLACEHOLDER.sub("", form))
    return found.group() if found else ""


def _unbroken(string: str | Sequence[str] | None) -> str | tuple[str, ...]:
    if string is None or isinstance(string, str):
        return unbroken(string or "")
    return tuple(unbroken(form) for form in string)


def _texts(text: str | Sequence[str] | None) -> list[str]:
    """A text, or each of its plural forms."""
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def _placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text)}


def main(task: str) -> int:
    used = extract()
    if task == "update":
        for language in languages():
            update(language, used)
        return 0
    wrong = False
    for language in languages():
        found = faults(language, used)
        sys.stdout.writelines(f"{fault}\n" for fault in found)
        if found:
            sys.stdout.write(f"{len(found)} faults in {path(language).relative_to(ROOT)}\n")
            wrong = True
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
