"""Forms that anything can have: their sections and questions, and the answers to them."""

from portal.core.questions import kinds  # noqa: F401  # whoever asks a question knows its kinds
