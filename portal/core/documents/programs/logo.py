"""Converts a picture to a PNG for the head of documents. Run as a separate program.

PDF/A excludes CMYK and some colour profiles, and a photograph of ten megabytes would be in each
letter.
"""

import io
import json
import resource
import sys
from base64 import b64decode

from PIL import Image, ImageOps

LARGEST = (1200, 300)  # pixels: four times the resolution shown on a page
MEMORY = 768 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]),) * 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sent = io.BytesIO(b64decode(json.load(sys.stdin.buffer)["picture"]))
    with Image.open(sent, formats=("PNG", "JPEG")) as picture:
        made = converted(picture)
    content = io.BytesIO()
    made.info.clear()
    made.save(content, "PNG")
    sys.stdout.buffer.write(content.getvalue())


def converted(picture: Image.Image) -> Image.Image:
    """The picture upright, at most LARGEST, with 8 bits a channel; of an animation the first."""
    picture.draft("RGB", (max(LARGEST), max(LARGEST)))  # a photograph is read at a smaller size
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode == "I;16":  # Pillow would make all but black white
        picture.info.clear()
        picture = picture.point(lambda grey: grey * (1 / 256)).convert("L")
    if picture.mode in ("1", "P"):  # which would be scaled without shades between two colours
        picture = picture.convert("RGBA")
    picture.thumbnail(LARGEST)
    return picture.convert("RGBA")


if __name__ == "__main__":
    main()
