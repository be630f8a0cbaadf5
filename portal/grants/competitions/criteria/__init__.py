"""What applications are judged by, as the board writes it."""
