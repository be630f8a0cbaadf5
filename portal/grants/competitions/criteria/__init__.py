"""The criteria of a call, as the board edits them."""
