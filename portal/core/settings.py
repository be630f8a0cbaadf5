"""Access to the settings of the running application."""

from typing import cast

from flask import Flask, current_app

from config import Settings


def settings() -> Settings:
    """The settings of the current application."""
    return settings_of(current_app)


def settings_of(app: Flask) -> Settings:
    """The settings of this application."""
    return cast(Settings, app.extensions["settings"])
