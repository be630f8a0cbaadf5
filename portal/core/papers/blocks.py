"""The blocks of a paper. Texts are data and never markup.

A paper is made within `force_locale`, and rendered in the same language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from portal.core import languages
from portal.core.db import Words
from portal.core.errors import Message

Text: TypeAlias = Message | Words


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer of a paper. `contact` is one line in the footer; `logo` a PNG."""

    name: Text
    contact: str = ""
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part (2) or of a passage (3); kept with what follows."""

    text: Text
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; without a value it is not rendered."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of facts, one per line."""

    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Passage:
    """Typed paragraphs (separated by an empty line), then a list; either may be empty.

    `quiet` is for a remark that there is nothing, `strong` for what matters most.
    """

    text: Text = ""
    items: Sequence[Text] = ()
    numbered: bool = False
    style: Literal["plain", "quiet", "strong"] = "plain"


@dataclass(frozen=True, slots=True)
class Notice:
    """The main statement, on a background: a sentence, or facts side by side."""

    text: Text = ""
    facts: Sequence[Fact] = ()
    kind: Literal["good", "plain", "warning"] = "plain"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Figures are right-aligned; a code, such as a number, is never broken."""

    title: Text
    kind: Literal["text", "figure", "code"] = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with several texts: an emphasised one, a plain one, and a remark in small type."""

    text: Text = ""
    title: Text = ""
    remark: Text = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A line across a table with a text, before the row with this index."""

    before: int
    text: Text


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its header repeats on every page, and rows are not split between pages."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text | Cell]]
    total: Sequence[Text] = ()
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """The head of a letter: date, place, number, and the recipient line by line."""

    letter: Sequence[Text]
    recipient: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Signatory:
    """The name and position of a signatory."""

    role: Text
    name: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatories, with paragraphs kept on the same page, so that no signature page is empty.

    `pages` is a text with %(pages)s for the number of pages. Those who signed in the portal get a
    `remark` in place of a line.
    """

    signatories: Sequence[Signatory]
    closing: Sequence[Text] = ()
    pages: Text = ""
    by_hand: bool = True
    remark: Text = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A SHA-256 in hexadecimal digits, in groups, and its label."""

    digits: str
    remark: Text


Block: TypeAlias = Heading | Facts | Passage | Notice | Table | Addressee | Signatures | Seal


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file embedded in a PDF, for programs; unchanged."""

    name: str
    content: str
    media_type: str
    description: Text


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper. `at` dates the file, so that the same paper gives the same bytes.

    `number` is in the head of every page. `above` is printed over the title, and so are the blocks
    of `opening`. The `annex` is on landscape pages.
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
    language: str = field(default_factory=languages.current)
