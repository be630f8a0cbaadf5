"""The published documents of a call, and their versions."""
