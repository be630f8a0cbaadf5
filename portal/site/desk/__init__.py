"""The board's desk: what waits for whom, and where each competition stands."""
