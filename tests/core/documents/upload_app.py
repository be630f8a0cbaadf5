"""The smallest application that takes uploads as ours does, for a real server to run."""

import os
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_babel import Babel
from flask_login import LoginManager

from config import Settings
from portal.core import concurrency
from portal.core.documents import service, wiring


def create_app() -> Flask:
    app = Flask(__name__)
    app.secret_key = "of nobody who signs in here"
    Babel(app)
    LoginManager(app).user_loader(lambda key: None)
    app.extensions["settings"] = Settings()
    concurrency.init_app(app)
    wiring.set_up(app)

    @app.post("/")
    def take() -> dict[str, Any]:
        with service.sending() as send:
            stored = send(request.files["file"])
        status = Path(f"/proc/{os.getpid()}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return {"size": stored.size, "sha256": stored.sha256, "peak": int(peak.split()[1])}

    return app
