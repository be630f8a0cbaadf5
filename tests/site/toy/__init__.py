"""A stage that the portal does not have: toys, which a board has to wind up."""
