"""The application form, as the board edits it."""
