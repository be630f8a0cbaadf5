"""Converts a picture to a PNG for the head of documents. Run as a separate program.

PDF/A excludes CMYK and some colour profiles, and a photograph of ten megabytes would be in each
letter.
"""

import io
import json
import resource
import sys
from base64 import b64decode

from PIL import Image

LARGEST = (1200, 300)  # pixels: four times the resolution shown on a page
MEMORY = 768 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with Image.open(io.BytesIO(b64decode(json.load(sys.stdin.buffer)["picture"]))) as picture:
        picture.thumbnail(LARGEST)
        made = picture.convert("RGBA")
    content = io.BytesIO()
    made.info.clear()
    made.save(content, "PNG")
    sys.stdout.buffer.write(content.getvalue())


if __name__ == "__main__":
    main()
