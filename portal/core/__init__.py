"""What both wings are built on. Imports neither wing."""
