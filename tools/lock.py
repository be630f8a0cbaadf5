"""Write requirements.lock (what runs) and requirements-dev.lock (what tests and checks add).

Every file of every version is named by its hash, for all platforms; no address is.

    python -m tools.lock [--upgrade]    write both
    python -m tools.lock check          fail where pyproject.toml asks for more
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)


def write(*options: str) -> int:
    """Resolve anew, keeping what is pinned, or with --upgrade taking the newest of everything."""
    _compile("requirements.lock", *options)
    _compile("requirements-dev.lock", "--extra=dev", "--constraint=requirements.lock", *options)
    return 0


def check() -> int:
    """Whether the locks have all that pyproject.toml asks for; 0 if so."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    missing = [
        f"{name} is not in {lock}: make lock\n"
        for lock, wanted in (
            ("requirements.lock", project["dependencies"]),
            ("requirements-dev.lock", project["optional-dependencies"]["dev"]),
        )
        for name in sorted(_names(wanted) - _names(_pins(lock)))
    ]
    sys.stdout.writelines(missing)
    return 1 if missing else 0


def _pins(lock: str) -> list[str]:
    return re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(), re.MULTILINE)


def _names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def _compile(lock: str, *options: str) -> None:
    subprocess.run(  # noqa: S603 - our own program and arguments
        [sys.executable, "-m", "piptools", "compile", *OPTIONS, *options, "-o", lock],
        cwd=ROOT,
        env={**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"},
        check=True,
    )


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["check"] else write(*sys.argv[1:]))
