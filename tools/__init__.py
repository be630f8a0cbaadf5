"""What `make check` and its siblings run."""
