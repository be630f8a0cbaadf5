"""Sample files of the demo: small, valid for their type, and marked as samples."""

import io
import zipfile

from werkzeug.datastructures import FileStorage

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ASICE = "application/vnd.etsi.asic-e+zip"
SAMPLE = "Šis ir demonstrācijas paraugs. Tajā nav īsta dokumenta."


def word(title: str, *paragraphs: str) -> FileStorage:
    from docx import Document

    document = Document()
    document.add_heading(title, 0)
    for paragraph in (*paragraphs, SAMPLE):
        document.add_paragraph(paragraph)
    stream = io.BytesIO()
    document.save(stream)
    return _upload(stream.getvalue(), f"{title}.docx", WORD)


def signed(title: str) -> FileStorage:
    """An ASiC-E container as made by e-signing programs, without a real signature."""
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
    """A logo that says that it is a sample."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGBA", (480, 160))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((4, 4, 475, 155), radius=28, outline="#1c5571", width=8)
    draw.text((240, 80), "PARAUGS", "#1c5571", ImageFont.load_default(88), anchor="mm")
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return _upload(stream.getvalue(), "logo.png", "image/png")


def _upload(content: bytes, name: str, media_type: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type=media_type)
