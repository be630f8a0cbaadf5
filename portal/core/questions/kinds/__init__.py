"""The kinds of question, one class each, which parses, validates, stores and shows answers.

A new kind is a class, registered here, a template if no other kind's fits, and its code in the
CHECK of `form_questions`.
"""

from portal.core.questions.kinds.choice import CHOICE, CHOICES
from portal.core.questions.kinds.date import DATE
from portal.core.questions.kinds.file import FILE, PICTURE
from portal.core.questions.kinds.money import MONEY
from portal.core.questions.kinds.number import NUMBER
from portal.core.questions.kinds.short_text import LONG_TEXT, SHORT_TEXT
from portal.core.questions.kinds.statement import STATEMENT
from portal.core.questions.kinds.table import TABLE
from portal.core.questions.registry import register

register(SHORT_TEXT, LONG_TEXT, NUMBER, MONEY, DATE, CHOICE, CHOICES, TABLE, STATEMENT)
register(FILE, PICTURE)
