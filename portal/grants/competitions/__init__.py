"""Terms, documents, criteria, form, amendments, questions and answers."""
