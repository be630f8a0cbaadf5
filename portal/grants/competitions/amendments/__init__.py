"""Amendments: changes of announced terms, by order."""
