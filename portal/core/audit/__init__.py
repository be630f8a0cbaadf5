"""The journal: who changed what, and when."""
