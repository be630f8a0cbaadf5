"""Claims: requests of a person to act for an organisation that is in the portal already."""
