"""The committee: its order, members, conflicts, and assignments."""
