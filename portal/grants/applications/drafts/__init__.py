"""Drafts: start, answer section by section, attach files, discard."""
