"""The WSGI entry point, `wsgi:app`, and that of every command."""

from config import settings_or_exit
from portal import create_app
from portal.core import embedded, startup

try:
    app = create_app(settings_or_exit())
except embedded.EmbeddedError as error:
    startup.say(f"The embedded PostgreSQL does not start: {error}")
    raise SystemExit(1) from None
startup.look_around(app)
