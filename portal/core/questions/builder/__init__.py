"""The builder of a form: one for whoever has forms."""
