"""Organisations that apply, and who works for them."""
