"""The form builder, mounted by each owner of forms."""
