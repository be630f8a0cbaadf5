"""The history of roles, for the auditor and the administrator."""
