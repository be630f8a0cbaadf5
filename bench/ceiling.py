"""What the same server could do at most: seven views that do nothing but the unavoidable.

Those that write, write what the portal must write, into tables like its own (seed.WRITTEN). Each
figure of the portal is printed as a share of its ceiling.
"""

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

import rfc8785
from flask import Flask, g, render_template_string, request
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import Connection, create_engine, text

from portal.core.documents import programs

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

ASSIGNED = text("""
SELECT a.id, g.id AS call FROM applications a JOIN competitions g ON g.id = a.competition_id
JOIN assignments s ON s.application_id = a.id
WHERE g.slug = :slug AND a.number = :number AND s.person_id = CAST(:person AS uuid)
AND s.ended_at IS NULL FOR UPDATE OF s""")
SHEET = text("""
INSERT INTO bench_score_sheets
(id, application_id, person_id, state, overall, saved_at, reopen_reason, version, created_at)
VALUES (gen_random_uuid(), gen_random_uuid(), CAST(:person AS uuid), 'draft', '', now(), '', 1,
now())
RETURNING id""")
SCORES = text("""
INSERT INTO bench_scores (sheet_id, criterion_id, points, comment)
SELECT :sheet, c.id, given.points, ''
FROM unnest(CAST(:keys AS text[]), CAST(:points AS numeric[])) AS given (key, points)
JOIN criteria c ON c.key = given.key AND c.competition_id = :call""")
ENTRY = text("""
INSERT INTO bench_journal_entries (at, actor_id, event, subject_type, subject_id, facts, changes)
VALUES (now(), CAST(:person AS uuid), :event, 'applications', :subject, '{}',
CAST(:changes AS jsonb))""")
LOCKED = text("""
SELECT a.id, a.answer_set_id FROM applications a
WHERE a.id = CAST(:key AS uuid) FOR UPDATE""")
STORED = text("""
INSERT INTO bench_stored_files (id, object_key, name, size, sha256, media_type, scan_state, purpose,
uploaded_by_id, created_at)
VALUES (gen_random_uuid(), :name, 'p.pdf', :size, :sha256, 'application/pdf', 'unscanned',
'attachment', CAST(:person AS uuid), now()) RETURNING id""")
ATTACHED = text("""
INSERT INTO bench_answer_files (id, set_id, question_key, file_id, names_minors, added_by_id,
created_at)
VALUES (gen_random_uuid(), :set, 'plans', :file, false, CAST(:person AS uuid), now())""")
ANSWERED = text("""
SELECT v.question_key, v.value, q.label ->> 'lv' AS label FROM answers v
JOIN answer_sets s ON s.id = v.set_id JOIN applications a ON a.answer_set_id = s.id
JOIN form_sections c ON c.form_id = s.form_id
JOIN form_questions q ON q.section_id = c.id AND q.key = v.question_key
WHERE a.id = CAST(:key AS uuid) ORDER BY c.position, q.position""")
ANSWERS = """<!doctype html><html lang="lv"><head><title>Pārbaude</title></head><body>
<header>{{ name }}</header><main><h1>Pārbaude</h1><dl>{% for row in rows %}<dt>{{ row.label }}</dt>
<dd>{% if row.value is string %}{{ row.value }}{% elif row.value is sequence %}<table>
{% for line in row.value %}<tr>{% if line is mapping %}{% for cell in line.values() %}
<td>{{ cell }}</td>{% endfor %}{% else %}<td>{{ line }}</td>{% endif %}</tr>{% endfor %}</table>
{% else %}{{ row.value }}{% endif %}</dd>{% endfor %}</dl></main></body></html>"""
SUBMITTED = text("""
INSERT INTO bench_submissions (id, application_id, revision, submitted_at, submitted_by_id,
terms_version, sort_name, content, seal, created_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 1, date_trunc('second', now()),
CAST(:person AS uuid), 1, '', CAST(:content AS jsonb), :seal, now())""")
LETTER = "Labdien, {{ name }}!\n\nPieteikums {{ key }} ir saņemts. Zīmogs: {{ seal }}.\n"
SENT = text("""
INSERT INTO bench_messages (id, key, template, recipient, language, subject, text, html, state,
created_at)
VALUES (gen_random_uuid(), gen_random_uuid()::text, 'received', 'a@bench.example', 'lv', 'Saņemts',
:text, :text, 'queued', now())""")
WRITTEN = text("""
INSERT INTO bench_letters (id, application_id, matter, template, language, content, messages,
created_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'received', 'received', 'lv', CAST(:content AS jsonb),
'{}', now())""")

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


@app.post("/sheet/<slug>/<number>")
def sheet(slug: str, number: str) -> str:
    """A score sheet with its points: who scores is looked up and locked, ten rows are written."""
    points = {key[2:]: value for key, value in request.form.items() if key.startswith("p_")}
    person = current_user.get_id()
    with engine.begin() as connection:
        asked = {"slug": slug, "number": number, "person": person}
        application = connection.execute(ASSIGNED, asked).one()
        sheet = connection.execute(SHEET, {"person": person}).scalar_one()
        given = {"keys": list(points), "points": list(points.values())}
        connection.execute(SCORES, {"sheet": sheet, "call": application.call, **given})
        _enter(connection, "score_sheet.saved", application.id)
    return "ok"


@app.post("/upload/<key>")
def upload(key: str) -> str:
    """A file of 1 MB examined in another process, hashed and flushed to disk, and three rows.

    It is examined by the portal's program: nothing less may open other people's files.
    """
    person, file = current_user.get_id(), request.files["file"]
    name = secrets.token_hex(16)
    files.mkdir(exist_ok=True)
    g.in_slot = True  # no thread is kept free here (concurrency.thread_slot)
    with programs.examined(file.stream, None) as answer:
        kind = json.loads(answer.readline())["kind"]
    digest, size = hashlib.sha256(), 0
    with (files / name).open("wb") as stored:
        while chunk := file.stream.read(64 * 1024):
            digest.update(chunk)
            size += stored.write(chunk)
        stored.flush()
        os.fsync(stored.fileno())
    with engine.begin() as connection:
        application = connection.execute(LOCKED, {"key": key}).one()
        row = {"name": name, "size": size, "sha256": digest.hexdigest(), "person": person}
        placed = connection.execute(STORED, row).scalar_one()
        ids = {"set": application.answer_set_id, "file": placed, "person": person}
        connection.execute(ATTACHED, ids)
        _enter(connection, "application.file_attached", application.id)
    return str(kind)


@app.get("/check/<key>")
def check(key: str) -> str:
    """All answers of an application, below the questions."""
    assert current_user.is_authenticated
    with engine.connect() as connection:
        rows = connection.execute(ANSWERED, {"key": key}).all()
    return render_template_string(ANSWERS, name=current_user.name, rows=rows)


@app.post("/submit/<key>")
def submit(key: str) -> str:
    """The answers frozen and sealed, an e-mail and a letter: two are locked, four rows written."""
    person = current_user.get_id()
    with engine.begin() as connection:
        application = connection.execute(LOCKED, {"key": key}).one()
        rows = connection.execute(ANSWERED, {"key": key}).all()
        answers = {row.question_key: row.value for row in rows}
        content = {
            "number": secrets.token_hex(8),
            "channel": "portal",
            "submitted_by": current_user.name,
            "title": key,
            "applicant": {"name": current_user.name, "kind": "association"},
            "answers": answers,
        }
        seal = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        row = {"person": person, "content": json.dumps(content), "seal": seal}
        connection.execute(SUBMITTED, row)
        letter = render_template_string(LETTER, name=current_user.name, key=key, seal=seal)
        connection.execute(SENT, {"text": letter})
        connection.execute(WRITTEN, {"content": json.dumps({"text": letter})})
        _enter(connection, "application.submitted", application.id)
    return "ok"


def _enter(connection: Connection, event: str, subject: Any) -> None:
    """An entry of the journal, with as much in it as the portal's."""
    changes = {f"rows:{subject}": {f"column_{n}": [None, str(subject)] for n in range(6)}}
    row = {"person": current_user.get_id(), "event": event, "subject": subject}
    connection.execute(ENTRY, {**row, "changes": json.dumps(changes)})
