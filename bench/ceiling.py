"""What the same server could do at most: four views that do nothing but the unavoidable.

Each figure of the portal is printed as a share of its ceiling.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string, request, session
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import create_engine, text

LAYOUT = """<!doctype html><html lang="lv"><head><title>{{ title }}</title></head><body>
<header>{{ name }}</header><main><h1>{{ title }}</h1>{% for row in rows %}<p>{{ row.title }}</p>
{% endfor %}</main></body></html>"""
TABLE = """<!doctype html><html lang="lv"><head><title>Sarindojums</title></head><body><table>
{% for row in rows %}<tr><td>{{ loop.index }}</td><td>{{ row.title }}</td><td>{{ row.n }}</td>
<td>{{ row.total }}</td></tr>{% endfor %}</table></body></html>"""

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=8)
files = Path(os.environ["VAR"]) / "ceiling"
login = LoginManager(app)


class Somebody(UserMixin):
    """Who signs in."""

    def __init__(self, row: Any) -> None:
        self.id = str(row.id)
        self.name = row.name


@login.user_loader
def _somebody(key: str) -> Somebody | None:
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT id, name FROM persons WHERE id = CAST(:key AS uuid)"), {"key": key}
        ).first()
    return Somebody(row) if row else None


@app.get("/page")
def page() -> str:
    """A signed-in session (one indexed query), another indexed query, a small layout."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT draft_title AS title FROM applications"
                " WHERE started_by_id = CAST(:key AS uuid) LIMIT 20"
            ),
            {"key": current_user.get_id()},
        ).all()
    return render_template_string(LAYOUT, title="Lapa", name=current_user.name, rows=rows)


@app.get("/ranking/<slug>")
def ranking(slug: str) -> str:
    """The same scores aggregated in SQL, and 1,000 rows rendered."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT a.draft_title AS title, count(DISTINCT s.id) AS n,"
                " round(sum(p.points) / count(DISTINCT s.id), 2) AS total"
                " FROM applications a JOIN competitions c ON c.id = a.competition_id"
                " JOIN score_sheets s ON s.application_id = a.id AND s.state = 'submitted'"
                " JOIN scores p ON p.sheet_id = s.id"
                " WHERE c.slug = :slug GROUP BY a.id ORDER BY total DESC"
            ),
            {"slug": slug},
        ).all()
    assert current_user.is_authenticated
    return render_template_string(TABLE, rows=rows)


@app.post("/rows")
def rows() -> str:
    """Five rows inserted and committed."""
    assert current_user.is_authenticated
    with engine.begin() as connection:
        for value in range(5):
            connection.execute(
                text("INSERT INTO bench_rows (value) VALUES (:value)"), {"value": value}
            )
    return "ok"


@app.post("/upload")
def upload() -> str:
    """A file of 1 MB stored, and a row for it."""
    assert current_user.is_authenticated
    name = secrets.token_hex(16)
    files.mkdir(exist_ok=True)
    request.files["file"].save(files / name)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO bench_files (name) VALUES (:name)"), {"name": name})
    return session.get("_user_id", "")
