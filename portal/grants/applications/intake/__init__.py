"""The board's pages: the list, one application, and registering paper applications."""
