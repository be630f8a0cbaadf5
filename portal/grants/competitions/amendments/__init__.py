"""Changes of announced terms, by order."""
