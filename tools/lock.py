"""Write requirements.lock (what runs) and requirements-dev.lock (what tests and checks add).

Every file of every version is named by its hash, for all platforms; no address is.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)


def main() -> None:
    compile_into("requirements.lock")
    compile_into("requirements-dev.lock", "--extra=dev", "--constraint=requirements.lock")


def compile_into(lock: str, *options: str) -> None:
    subprocess.run(  # noqa: S603 - our own program and arguments
        [sys.executable, "-m", "piptools", "compile", *OPTIONS, *options, "-o", lock],
        cwd=ROOT,
        env={**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"},
        check=True,
    )


if __name__ == "__main__":
    main()
