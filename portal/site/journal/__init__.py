"""A competition's journal of events and changes, for its board and auditor."""
