"""Letters about an application: recipients, sent letters, and letters to post."""
