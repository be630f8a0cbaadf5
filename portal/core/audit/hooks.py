"""Hooks by which stages check a file for `flask verify`."""

from collections.abc import Iterable
from pathlib import Path

from portal.core.hooks import CollectingHook


@CollectingHook
def checks_of_file(file: Path) -> Iterable[tuple[bool, str]]:
    """From each stage that seals files: whether the file is unchanged, and the text to print."""
    return ()
