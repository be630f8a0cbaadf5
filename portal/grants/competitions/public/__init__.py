"""What everybody sees: the list of calls, and the page of each."""
