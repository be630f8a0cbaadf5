"""Typesets one document with Typst, from JSON to PDF. Run as a separate program.

Template, logo and data are in a folder of their own: Typst reads nothing outside of it.
"""

import json
import resource
import sys
from base64 import b64decode
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import typst


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    order = json.load(sys.stdin.buffer)
    template = Path(order["template"])
    with TemporaryDirectory() as folder:
        root = Path(folder)
        copy(template, root)
        (root / "data.json").write_text(json.dumps(order["data"]))
        (root / "attached").write_text(order["attached"])
        if order["logo"]:
            (root / "logo").write_bytes(b64decode(order["logo"]))
        else:
            copy(template.parent / "mark.svg", root / "logo")
        made = typst.compile(
            root / template.name,
            root=root,
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[template.parent / "fonts"],
            ),
            pdf_standards=order["standards"],
            timestamp=order["timestamp"],
        )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
