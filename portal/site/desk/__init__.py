"""The board's desk: tasks, and the state of each competition."""
