"""Access to the settings of the running application."""

from typing import cast

from flask import current_app

from config import Settings


def settings() -> Settings:
    """The settings of the current application."""
    return cast(Settings, current_app.extensions["settings"])
