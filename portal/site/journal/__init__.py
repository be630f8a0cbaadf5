"""A competition's journal: who did what, when, and what it changed; for its board and auditor."""
