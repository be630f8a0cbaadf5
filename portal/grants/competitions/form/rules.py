"""Rules of building a call's form: what the answers to it give."""

from collections.abc import Mapping

MOST_SECTIONS = 20
MOST_QUESTIONS = 100  # of one form

# Which kind of question can give the answer that a list or a rule relies on.
MEASURED_BY: Mapping[str, str] = {
    "title": "short_text",
    "participants": "number",
    "at_risk": "number",
    "start": "date",
    "months": "number",
}
