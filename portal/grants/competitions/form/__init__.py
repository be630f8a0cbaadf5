"""The application form as the board builds it: sections and questions."""
