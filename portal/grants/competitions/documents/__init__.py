"""The documents that a call publishes, and their versions."""
