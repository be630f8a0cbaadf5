"""What our documents say, in the shape in which their templates take it.

A stage maps its rows onto one of these and calls `pdf.render_pdf` or `docx.minutes_docx`; it needs
to know nothing of how the page is set. Texts are data and never markup. Lazy translations, `Words`,
dates, `Amount`s and exact numbers become words in the document's language, not the request's.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal, TypeAlias

from portal.core.db import Words
from portal.core.errors import Message

Text: TypeAlias = Message | Words
Exact: TypeAlias = (
    int | Decimal
)  # points as somebody set them; a Fraction is a mean, shown with two decimals


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in cents, shown in the language of the document."""

    cents: int


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a file in bytes, shown in kB or MB."""

    size: int


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text that goes into the file letter by letter, and is not shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts: what it is, and its value."""

    label: Text
    value: "Text | date | datetime | Amount"


@dataclass(frozen=True, slots=True)
class Table:
    """A small table. `numeric` are the indexes of columns set right; `total` is a last row."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    numeric: tuple[int, ...] = ()
    total: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs. Where an electronic signature stands instead, no line is drawn."""

    role: Text
    name: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What every document has.

    `at` is the document's own instant: it is the PDF's date, so that the same document is the same
    bytes. `number` stands in the head of every page, `issuer` (the board) on the first.
    """

    template: ClassVar[str]
    archive: ClassVar[Literal["a-2a", "a-3a"]] = "a-2a"  # only PDF/A-3 may carry a file inside

    title: Text
    number: str
    issuer: Text
    contact: str = ""  # e-mail, telephone, address: one line at the foot
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next: by when, and what."""

    when: "Text | date | datetime"
    what: Text


@dataclass(frozen=True, kw_only=True)
class Receipt(Sheet):
    """Saņemšanas apliecinājums: that an application was received; `at` is when."""

    template = "receipt"
    archive = "a-3a"

    competition: Text
    applicant: str
    project: str
    submitted_by: str
    channel: Text = ""  # where it did not come through the portal
    seal: str  # hexadecimal SHA-256
    verify_at: str  # the address of the page that checks it
    change_until: datetime | None = None
    next_steps: tuple[Step, ...] = ()
    record: Verbatim = Verbatim("")  # the receipt as JSON, attached for `flask verify`


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer: a text, a list of choices, a table, or nothing."""

    question: Text
    text: "Text | date | Amount" = ""
    choices: tuple[Text, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form."""

    title: Text
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of the application; its content is not in the document, its SHA-256 is."""

    question: Text
    name: str
    size: Size
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ApplicationPaper(Sheet):
    """The whole application. A draft has no number and no seal, and says that it is one."""

    template = "application"

    competition: Text
    facts: tuple[Fact, ...]  # applicant, registration number, partner, …
    submitted_at: datetime | None = None
    submitted_by: str = ""
    sections: tuple[Section, ...]
    scanned: bool = False  # whether there is more in the scans than in the sections
    attachments: tuple[AttachedFile, ...] = ()
    seal: str = ""
    verify_at: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading, paragraphs (an empty line between two) and a list; any may be absent."""

    heading: Text = ""
    text: Text = ""
    items: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OfficialLetter(Sheet):
    """Vēstule, about a decision or anything else. `title` is its subject; number and `dated` are
    the decision's, where it is one; otherwise there is no number, outcome or signature.
    """

    template = "letter"

    dated: date
    place: Text = ""
    recipient: tuple[str, ...]  # lines: organisation, address, e-mail
    greeting: Text
    outcome: Text = ""  # one sentence, set apart: what was decided
    favourable: bool = False
    facts: tuple[Fact, ...] = ()  # application, sum, place, points
    passages: tuple[Passage, ...] = ()  # conditions, reasons, what to do by when, appeal
    signatory: Signatory | None = None
    signed_in_portal: bool = True
    enclosures: tuple[Text, ...] = ()
    preview: bool = False  # not signed yet: the page says so


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who belongs to the committee, there or not."""

    name: str
    role: Text
    present: bool
    note: Text = ""  # why not; by which order; without a vote


@dataclass(frozen=True, slots=True)
class Recusal:
    """A member who takes no part in one application, and why."""

    name: str
    application: str  # number and applicant
    reason: Text
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking; no `place` where a minimum is not met. `means` are as the criteria."""

    place: int | None
    number: str
    applicant: str
    project: str
    total: Fraction
    sheets: int
    means: tuple[Fraction, ...] = ()
    remark: Text = ""  # minimum not met in K3; tie broken by K1, …
    quorum: Text = ""  # where recusals change it: "4 of 4"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as the ranking names it."""

    code: str  # K1
    title: Text
    greatest: Exact
    minimum: Exact | None = None


@dataclass(frozen=True, slots=True)
class Ballots:
    """A vote: the question, who voted how, and what came of it."""

    question: Text
    count: Text  # how many for, against and abstained, or for each of several
    result: Text
    quorum: Text = ""  # who was there of those who may vote
    apart: tuple[Text, ...] = ()  # of applications on which not all of them may, each by itself
    by_name: tuple[Fact, ...] = ()  # the member and their vote
    excluded: tuple[str, ...] = ()  # recused members


@dataclass(frozen=True, slots=True)
class Resolution:
    """One decision: what, on which application, with which reasons or conditions."""

    number: str
    applicant: str
    outcome: Text
    amount: Amount | None = None
    remark: Text = ""


@dataclass(frozen=True, kw_only=True)
class Minutes(Sheet):
    """Vērtēšanas komisijas sēdes protokols; `at` is when the meeting began. Signed in Latvian.

    An `extract` leaves out what its reader may not see, and is signed by nobody.
    """

    template = "minutes"

    competition: Text
    place: Text
    ended_at: datetime | None = None
    order: Text  # the order by which the committee was appointed
    kept_by: Text = ""
    attendees: tuple[Attendee, ...]
    others: tuple[Attendee, ...] = ()  # the secretary, invited people: no vote
    present: int
    entitled: int
    quorate: bool
    agenda: tuple[Text, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    undeclared: tuple[str, ...] = ()  # members whose declarations are still owed
    criteria: tuple[Criterion, ...] = ()
    total_minimum: Exact | None = None
    total_greatest: Exact | None = None
    ranking: tuple[Ranked, ...] = ()
    grants: int | None = None  # where the cut line stands
    amount: Amount | None = None  # the fixed sum of each grant
    discussion: tuple[Passage, ...] = ()
    votes: tuple[Ballots, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    enclosures: tuple[Text, ...] = ()
    draft: bool = False  # before the meeting is closed
    extract: bool = False
    closing: tuple[Text, ...] = ()  # over the signatures, which never stand alone
    signatories: tuple[Signatory, ...] = field(default=())
