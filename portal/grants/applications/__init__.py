"""Applications: answers, attachments, submission and its seal, the register."""
