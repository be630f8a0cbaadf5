"""The administrative check of eligibility, its clarifications, and its second person."""
