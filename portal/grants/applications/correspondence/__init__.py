"""Letters about an application: whom they find, what was sent, and what has to go by post."""
