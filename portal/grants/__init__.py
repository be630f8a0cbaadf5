"""Wing 1: grant competitions, in the order in which a competition runs."""
