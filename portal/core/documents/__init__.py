"""Stored files, their kinds, and PDF."""
