"""Public questions about a call, and their answers."""
