"""What this stage brings to the application: its pages, and what it tells the stages before it."""

from flask import Flask

from portal.grants.awards import hooks
from portal.grants.awards.views import board, own, results

# Imported for what it registers: answers to the hooks of competitions and applications.
ANSWERS = hooks


def init_app(app: Flask) -> None:
    """Register the board's pages of decisions, the applicant's, and the public results."""
    for blueprint in (board, own, results):
        app.register_blueprint(blueprint)
