"""The files that go into the demo: small, true to their type, and plainly marked as samples."""

import io
import math
import zipfile

from werkzeug.datastructures import FileStorage

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ASICE = "application/vnd.etsi.asic-e+zip"
SAMPLE = "Šis ir demonstrācijas paraugs. Tajā nav īsta dokumenta."


def word(title: str, *paragraphs: str) -> FileStorage:
    """A Word document."""
    from docx import Document

    document = Document()
    document.add_heading(title, 0)
    for paragraph in (*paragraphs, SAMPLE):
        document.add_paragraph(paragraph)
    stream = io.BytesIO()
    document.save(stream)
    return _upload(stream.getvalue(), f"{title}.docx", WORD)


def signed(title: str) -> FileStorage:
    """An ASiC-E container, as an e-signing program makes one, without a real signature."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("mimetype", ASICE, zipfile.ZIP_STORED)
        container.writestr(f"{title}.txt", SAMPLE)
        container.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return _upload(stream.getvalue(), f"{title}.asice", ASICE)


def logo() -> FileStorage:
    """A logo that is nobody's: a sun over two waves."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (600, 300))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((200, 40, 400, 240), fill="#f0b429")
    for top, colour in ((150, "#2f7fa8"), (205, "#1c5571")):
        waves = [(x, top + 22 * math.sin(x / 48)) for x in range(60, 541, 4)]
        draw.polygon([*waves, (540, top + 55), (60, top + 55)], fill=colour)
    stream = io.BytesIO()
    picture.crop((60, 40, 541, 261)).save(stream, "PNG")
    return _upload(stream.getvalue(), "logo.png", "image/png")


def _upload(content: bytes, name: str, media_type: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type=media_type)
