"""The terms of a call, and what they must keep to."""
