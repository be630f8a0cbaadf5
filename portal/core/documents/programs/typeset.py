"""A program of its own: sets one document with Typst. The order comes as JSON, the PDF leaves."""

import json
import resource
import sys
from pathlib import Path

import typst


def main() -> None:
    """Set what standard input asks for, and write it to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    order = json.load(sys.stdin.buffer)
    template = Path(order["template"])
    made = typst.compile(
        template,
        root=template.parent,
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[template.parent / "fonts"],
        ),
        sys_inputs={"data": order["data"], "language": order["language"]},
        pdf_standards=order["standards"],
        timestamp=order["timestamp"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
