"""Forms with sections and questions, and answers to them."""

from portal.core.questions import kinds  # noqa: F401  # whoever asks a question knows its kinds
