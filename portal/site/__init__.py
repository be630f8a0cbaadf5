"""Home, public pages, open data, feeds, health."""
