"""A logo: whatever picture comes in, papers can show it, or it is refused in words."""

import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image

from portal.core.documents.file_kinds import FileKind
from portal.core.documents.uploads import Accepted
from portal.core.errors import Invalid
from portal.core.papers.logo import prepared

RED, GREEN = (255, 0, 0, 255), (0, 128, 0, 255)


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def saved(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, form, **options)
    return content.getvalue()


def turned() -> bytes:
    """A picture with red on top, as a telephone held upright saves it: on its side."""
    picture = Image.new("RGB", (80, 80), "green")
    picture.paste("red", (0, 0, 40, 80))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    return saved(picture, "JPEG", exif=exif, quality=100)


def grey_16() -> bytes:
    """A mid grey of 16 bits, which Pillow does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows = (b"\0" + b"\x80\x00" * 40) * 20
    head = struct.pack(">IIBBBBB", 40, 20, 16, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def logo(content: bytes) -> Image.Image:
    given = Accepted("logo.jpg", FileKind.JPG, io.BytesIO(content), None)
    made = prepared(given)
    assert (made.name, made.kind) == ("logo.png", FileKind.PNG)
    return Image.open(made.stream)


SQUARE = Image.new("RGB", (80, 80), "red")
PICTURES = {
    "cmyk": (saved(Image.new("CMYK", (80, 80), (0, 255, 255, 0)), "JPEG"), RED),
    "16 bits": (grey_16(), (128, 128, 128, 255)),
    "palette": (saved(SQUARE.convert("P")), RED),
    "transparent": (saved(Image.new("RGBA", (80, 80), (255, 0, 0, 0))), (255, 0, 0, 0)),
    "animated": (
        saved(SQUARE, save_all=True, append_images=[Image.new("RGB", (80, 80), "green")]),
        RED,
    ),
    "turned": (turned(), RED),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_every_kind_of_picture_becomes_one_that_papers_can_show(kind: str) -> None:
    content, expected = PICTURES[kind]
    made = logo(content)
    assert made.mode == "RGBA" and getattr(made, "n_frames", 1) == 1
    assert made.getpixel((made.width // 2, 5)) == pytest.approx(expected, abs=3)


@pytest.mark.parametrize("size", [(600, 100), (100, 200)])
def test_a_wide_and_a_tall_logo_fit(size: tuple[int, int]) -> None:
    assert logo(saved(Image.new("RGB", size))).size == size


@pytest.mark.parametrize("size", [(700, 100), (5000, 2), (100, 230)])
def test_a_logo_that_would_fill_the_head_is_refused_in_words(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid) as refusal:
        logo(saved(Image.new("RGB", size)))
    assert refusal.value.code == "logo_shape"


def test_what_is_no_picture_of_these_kinds_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        logo(saved(SQUARE, "GIF"))
    assert refusal.value.code == "file_no_picture"
