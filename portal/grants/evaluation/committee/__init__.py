"""The committee: its order, its members, their conflicts, and who scores what."""
