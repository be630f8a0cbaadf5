"""Writing an application: start it, answer section by section, attach files, throw it away."""
