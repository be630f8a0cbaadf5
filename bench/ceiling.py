"""What the same server could do at most: five views that do nothing but the unavoidable.

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
# The cells of the portal's table, with as much around them: 1.5 MB for 1,000 lines.
TABLE = """<!doctype html><html lang="lv"><head><title>Sarindojums</title></head><body><table>
{% for row in rows %}<tr><td class="num" data-label="Vieta">{{ loop.index }}.</td>
<td class="first"><a class="govuk-link"
 href="/committee/{{ slug }}/applications/{{ row.number }}/sheets">{{ row.title }}</a>
<small>{{ row.number }} · {{ row.applicant }}</small></td>
<td class="num total" data-label="Punkti no {{ most }}">{{ row.total }}</td>
<td class="num" data-label="Lapas">{{ row.n }}</td><td data-label="Izkliede">
<svg class="asns-spread" viewBox="0 0 120 18" role="img" aria-label="{{ row.low }}–{{ row.high }}">
<path d="M0 9h120" stroke="#d6ddd8"/>{% for x in row.dots %}<circle cx="{{ x }}" cy="9" r="3.2"
 fill="#17703f" fill-opacity=".55"/>{% endfor %}<path d="M{{ row.bar }} 2v14" stroke="#15211b"
 stroke-width="2"/></svg></td>{% for mean in row.means %}<td class="num"
 data-label="{{ titles[loop.index0] }}">{{ mean }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""
RANKED = text("""
WITH sheets AS (
  SELECT s.application_id, s.id, sum(p.points * c.weight) AS total
  FROM applications a JOIN competitions g ON g.id = a.competition_id
  JOIN score_sheets s ON s.application_id = a.id AND s.state = 'submitted'
  JOIN scores p ON p.sheet_id = s.id JOIN criteria c ON c.id = p.criterion_id
  WHERE g.slug = :slug GROUP BY s.id
), totals AS (
  SELECT application_id, count(*) AS n, avg(total) AS total, min(total) AS low, max(total) AS high,
  array_agg(total) AS totals FROM sheets GROUP BY application_id
), means AS (
  SELECT application_id, array_agg(mean ORDER BY position) AS means FROM (
    SELECT s.application_id, c.position, round(avg(p.points), 2)::text AS mean
    FROM sheets s JOIN scores p ON p.sheet_id = s.id JOIN criteria c ON c.id = p.criterion_id
    GROUP BY s.application_id, c.id
  ) each GROUP BY application_id
)
SELECT a.number, n.title, n.applicant, t.n, t.low, t.high,
round(t.total, 2)::text AS total, m.means, round(5 + t.total, 1)::text AS bar,
(SELECT array_agg(round(5 + one, 1)::text) FROM unnest(t.totals) one) AS dots
FROM totals t JOIN means m USING (application_id) JOIN applications a ON a.id = t.application_id
JOIN submissions n ON n.application_id = a.id AND n.superseded_at IS NULL
ORDER BY t.total DESC""")
BOARD = """<!doctype html><html lang="lv"><head><title>Gaita</title></head><body>
<header>{{ name }}</header><main><h1>Gaita</h1><table>
{% for row in rows %}<tr><td>{{ row.name }}</td>
<td>{{ row.submitted }} no {{ row.assigned }}</td><td>{{ row.drafts }}</td>
<td>{{ row.assigned - row.submitted }}</td><td>{{ row.undeclared }}</td><td>{{ row.recused }}</td>
<td>{{ row.saved }}</td></tr>{% endfor %}</table></main></body></html>"""
COUNTED = text("""
SELECT p.name, count(*) FILTER (WHERE stands) AS assigned,
count(*) FILTER (WHERE stands AND declared IS NULL) AS undeclared,
count(*) FILTER (WHERE stands AND state = 'draft') AS drafts,
count(*) FILTER (WHERE stands AND state = 'submitted') AS submitted,
count(*) FILTER (WHERE is_out) AS recused, max(saved_at) AS saved
FROM (
  SELECT s.person_id, d.id AS declared, t.state, t.saved_at,
  coalesce(d.kind <> 'none', false) OR coalesce(u.confirmed, false) AS is_out,
  s.ended_at IS NULL AND NOT (coalesce(d.kind <> 'none', false) OR coalesce(u.confirmed, false))
  AS stands
  FROM applications a JOIN competitions g ON g.id = a.competition_id
  JOIN eligibility_checks e ON e.application_id = a.id AND e.state = 'eligible'
  JOIN assignments s ON s.application_id = a.id
  LEFT JOIN declarations d ON d.application_id = a.id AND d.person_id = s.person_id
  LEFT JOIN suspected_conflicts u ON u.application_id = a.id AND u.person_id = s.person_id
  LEFT JOIN score_sheets t ON t.application_id = a.id AND t.person_id = s.person_id
  AND t.state <> 'replaced'
  WHERE g.slug = :slug AND a.state = 'submitted'
) each JOIN persons p ON p.id = each.person_id GROUP BY p.id ORDER BY p.sort_name""")

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
    """The same figures in SQL, and 1,000 lines of the same cells."""
    assert current_user.is_authenticated
    with engine.connect() as connection:
        rows = connection.execute(RANKED, {"slug": slug}).all()
        titles = connection.execute(
            text(
                "SELECT c.title ->> 'lv' FROM criteria c JOIN competitions g"
                " ON g.id = c.competition_id WHERE g.slug = :slug AND c.kind = 'quality'"
                " ORDER BY c.position"
            ),
            {"slug": slug},
        ).scalars()
        return render_template_string(TABLE, rows=rows, titles=list(titles), slug=slug, most=100)


@app.get("/board/<slug>")
def board(slug: str) -> str:
    """The same counts in SQL, and a line for each member."""
    assert current_user.is_authenticated
    with engine.connect() as connection:
        rows = connection.execute(COUNTED, {"slug": slug}).all()
    return render_template_string(BOARD, name=current_user.name, rows=rows)


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
