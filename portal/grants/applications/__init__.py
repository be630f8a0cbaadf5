"""Answers, attachments, submission and its seal, the register."""
