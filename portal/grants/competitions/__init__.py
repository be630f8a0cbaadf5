"""Competitions: terms, documents, form, criteria, amendments, questions and answers."""
