"""Stored files, their types, and PDF."""
