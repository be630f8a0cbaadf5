"""Check that what the documents name exists, and that no file says where packages came from.

The terms of the glossary exist in the code, and their Latvian in the catalogue.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.translations import path as catalogue

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs/glossary.md"
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
CODE = re.compile(r"`([^`\n]+)`")
MAKE = re.compile(r"\bmake ([a-z]+)\b")
FLASK = re.compile(r"\bflask (?:--app \S+ )?([a-z]+)\b")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:\.(?:py|md|toml|yaml|lock|html|scss|js|txt)|/)")
# Where a lock file or a package manager's settings would name the place that packages came from.
ORIGIN = r'"resolved": "http|registry *[=:]|--(extra-)?index-url|--find-links|url = "http.*[.]whl'


def main() -> int:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(_commands())
    documents = [ROOT / name for name in _tracked("*.md")]
    found = [
        f"{document.relative_to(ROOT)}: {fault}"
        for document in documents
        for fault in faults(document, targets, commands)
    ]
    found += [f"{name}: says where packages came from" for name in _naming_origins()]
    found += [f"docs/glossary.md: {fault}" for fault in not_so(GLOSSARY.read_text())]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def faults(document: Path, targets: set[str], commands: set[str]) -> Iterator[str]:
    """What a document names and is not there."""
    text = document.read_text()
    for link in LINK.findall(text):
        if not (document.parent / link).exists():
            yield f"no file {link}"
    for code in CODE.findall(text):
        yield from (f"no target {name}" for name in MAKE.findall(code) if name not in targets)
        yield from (f"no command {name}" for name in FLASK.findall(code) if name not in commands)
        if PATH.fullmatch(code) and not _is_there(document, code):
            yield f"no file {code}"


def not_so(glossary: str) -> Iterator[str]:
    """Terms of the glossary that are no name of the code, or on no Latvian screen."""
    names = {Path(name).stem for name in _tracked("portal/*.py")}
    for name in _tracked("portal/*.py"):
        source = (ROOT / name).read_text()
        names.update(re.findall(r"^ *(?:async def|def|class|) *(\w+)", source, re.MULTILINE))
        names.update(re.findall(r"__tablename__ = \"(\w+)\"", source))
    terms = re.findall(r"`(\w+)`", re.sub(r"`make \w+`", "", glossary))
    yield from (f"no {term} in the code" for term in terms if term not in names)
    screens = catalogue().read_text().replace("\xa0", " ").casefold()
    for row in re.findall(r"^\| `.*\|$", glossary, re.MULTILINE):
        for term in row.split("|")[3].strip(" –").split(", "):
            if not re.search(rf"\b{term}\b", screens):
                yield f"no “{term}” on Latvian screens"


def _is_there(document: Path, path: str) -> bool:
    """Whether a path exists from the root, from the document, or as the end of a tracked one."""
    if path.startswith("var/") or (ROOT / path).exists() or (document.parent / path).exists():
        return True
    return bool(_tracked(f"**/{path.rstrip('/')}", f"**/{path.rstrip('/')}/*"))


def _commands() -> Iterator[str]:
    """Flask's own commands and ours, read from the source: no database is needed for it."""
    yield from ("run", "shell", "routes")
    for name in _tracked("portal/*.py"):
        source = (ROOT / name).read_text()
        yield from re.findall(r"(?:\.(?:command|group)|AppGroup)\(\"([a-z]+)\"", source)
        yield from re.findall(r"\.(?:command|group)\(\)\n(?:@.*\n)*(?:async )?def ([a-z]+)", source)


def _tracked(*patterns: str) -> list[str]:
    return _git("ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns)


def _naming_origins() -> list[str]:
    patterns = ("*.lock", "*package-lock.json", "*.npmrc", "*.toml", "*.cfg", "*.txt")
    return _git("grep", "-lE", ORIGIN, "--", *patterns)


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *arguments],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
