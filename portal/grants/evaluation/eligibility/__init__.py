"""Eligibility: the administrative check, its clarifications, and the second person."""
