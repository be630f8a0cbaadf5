"""Public pages: the list of calls, and each call's page."""
