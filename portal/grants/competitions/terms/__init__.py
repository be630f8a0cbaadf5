"""The terms of a call, and their rules."""
