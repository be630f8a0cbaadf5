"""Forms that anything can have: their sections and questions, and the answers to them."""
