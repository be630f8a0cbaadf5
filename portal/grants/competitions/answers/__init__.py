"""The form that a competition's questions make: what is typed, what is kept, how it reads."""
