"""The Latvian catalogue: bring it up to date with the code, or check that it is complete.

python -m tools.translations update    take in new texts, drop those that are gone
python -m tools.translations check     fail where a text lacks its translation
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.core.formats import unbroken

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "portal/translations/lv/LC_MESSAGES/messages.po"
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
HEADER = r"""# The portal in Latvian. `make translations` brings it up to date.
msgid ""
msgstr ""
"Language: lv\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);\n"

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


def extract() -> Catalog:
    """What code and templates say, untranslated."""
    found = Catalog(locale="lv")
    for _, _, msgid, _, context in extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS):
        found.add(msgid, context=context)
    return found


def read() -> Catalog:
    """The catalogue as it stands."""
    if not CATALOGUE.exists():
        return Catalog(locale="lv")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="lv")


def update() -> None:
    """Write the catalogue with exactly the texts that are used, sorted, one line a text."""
    old, new = read(), extract()
    for message in new:
        if message.id and (known := old.get(message.id, message.context)):
            message.string = _unbroken(known.string)
            message.user_comments = known.user_comments
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, new, width=0, no_location=True, omit_header=True, sort_output=True)


def faults() -> list[str]:
    """What keeps the catalogue from being complete, a line each."""
    known, used = read(), extract()
    found = [
        f"{fault}: {message.id!r}"
        for message in known
        if message.id and (fault := _fault(message, used))
    ]
    found += [
        f"missing: {message.id!r}"
        for message in used
        if message.id and known.get(message.id, message.context) is None
    ]
    if known.num_plurals != Catalog(locale="lv").num_plurals:
        found.append(f"plural forms: {known.plural_forms}")
    return found


def _fault(message: Message, used: Catalog) -> str:
    forms, originals = _texts(message.string), _texts(message.id)
    if used.get(message.id, message.context) is None:
        return "no longer used"
    if message.fuzzy:
        return "fuzzy"
    if not all(forms) or (message.pluralizable and len(forms) != used.num_plurals):
        return "untranslated"
    # A plural form may do without the number ("viena diena"), but none may invent a name.
    names = {name for original in originals for name in _placeholders(original)}
    if any(_placeholders(form) - names for form in forms):
        return "unknown placeholder"
    if not message.pluralizable and _placeholders(forms[0]) != names:
        return "lost placeholder"
    # What compiling the catalogue refuses: a name that the singular of the original lacks.
    return next((str(refused) for refused in message.check(used)), "") or _stumble(message, forms)


def _stumble(message: Message, forms: list[str]) -> str:
    """What a reader would stumble on."""
    if any(not FOREIGN_QUOTES.isdisjoint(form) for form in forms):
        return "quotation marks other than „…”"
    if rejected := next(filter(None, map(_rejected, forms)), None):
        return f"a word that another stands for, {rejected!r}"
    if any(form != unbroken(form) for form in forms):
        return "a space at which a figure would part from its word; `make translations` mends it"
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
    if task == "update":
        update()
        return 0
    found = faults()
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    if found:
        sys.stdout.write(f"{len(found)} faults in {CATALOGUE.relative_to(ROOT)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
