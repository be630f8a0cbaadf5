"""Organisations that apply, and their members."""
