"""Who gave, changed and ended which role: for the auditor and the administrator."""
