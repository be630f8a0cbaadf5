"""Answers to a form: kept question by question, while several people write."""
