"""Claims of organisations that are in the portal already: made, told, decided."""
