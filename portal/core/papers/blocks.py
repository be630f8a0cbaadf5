"""What a paper is made of. Texts are data and never markup.

A paper is made in the language that is spoken where it is made (`force_locale`), and drawn in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from flask_babel import get_locale

from portal.core.db import Words
from portal.core.errors import Message

Text: TypeAlias = Message | Words


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose paper it is. `contact` is one line at its foot; `logo` a PNG."""

    name: Text
    contact: str = ""
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part (2) or of a passage (3); it stays with what follows."""

    text: Text
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """What it is, and its value; one without a value is not drawn."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of facts, a line each."""

    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs as they were typed (an empty line between two), then a list; either may be empty.

    A `quiet` one says that there is nothing to say, a `strong` one what matters most.
    """

    text: Text = ""
    items: Sequence[Text] = ()
    numbered: bool = False
    style: Literal["plain", "quiet", "strong"] = "plain"


@dataclass(frozen=True, slots=True)
class Notice:
    """The one thing that matters, on a ground of its own: a sentence, or facts side by side."""

    text: Text = ""
    facts: Sequence[Fact] = ()
    kind: Literal["good", "plain", "warning"] = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Figures are set right; a code, such as a number, is never broken."""

    title: Text
    kind: Literal["text", "figure", "code"] = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that says more than one thing: what stands out, a text, and a remark in small type."""

    text: Text = ""
    title: Text = ""
    remark: Text = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A line across a table, before the row with this index, and what stands in it."""

    before: int
    text: Text


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its header is repeated on every page, and a row is not split between two."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text | Cell]]
    total: Sequence[Text] = ()
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """The head of a letter: when, where and under which number; and to whom, line by line."""

    letter: Sequence[Text]
    recipient: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, and as what."""

    role: Text
    name: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signs, with the paragraphs that may not part from them: nobody signs an empty page.

    `pages` says how many pages there are, in place of its %(pages)s. Who has signed in the portal
    gets no line to sign on, but a `remark` that says so.
    """

    signatories: Sequence[Signatory]
    closing: Sequence[Text] = ()
    pages: Text = ""
    by_hand: bool = True
    remark: Text = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A SHA-256 in hexadecimal digits, grouped to be read aloud, and what it is for."""

    digits: str
    remark: Text


Block: TypeAlias = Heading | Facts | Passage | Notice | Table | Addressee | Signatures | Seal


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a PDF, for programs. Its content goes in as it is."""

    name: str
    content: str
    media_type: str
    description: Text


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper. `at` is its own instant: it dates the file, so that the same paper gives the same
    bytes.

    `number` stands in the head of every page. `above` says over the title what the paper belongs
    to, and the blocks of the `opening` stand there as well. The `annex` has wide pages of its own.
    """

    title: Text
    issuer: Issuer
    at: datetime
    number: str = ""
    above: Text = ""
    opening: Sequence[Block] = ()
    blocks: Sequence[Block]
    annex: Sequence[Block] = ()
    attachment: Attachment | None = None
    language: str = field(default_factory=lambda: str(get_locale()))
