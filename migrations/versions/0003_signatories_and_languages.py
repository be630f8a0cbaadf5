"""Who signs for a municipality, its logo, people found without diacritics, any language."""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What a signed decision keeps, the position of who signed now too.
KEPT = (
    "CREATE TRIGGER decisions_signed BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state <> 'drafted' AND (NEW.state = 'drafted' OR (NEW.competition_id, NEW.application_id, NEW.vote_id, NEW.title, NEW.applicant, NEW.registration_number, NEW.outcome, NEW.number, NEW.decided_on, NEW.place, NEW.total, NEW.by_criteria, NEW.by_vote, NEW.conditions, NEW.reasons, NEW.signed_by_id, NEW.signatory, NEW.signatory_role, NEW.organiser, NEW.as_deputy, NEW.signed_at, NEW.promoted_from_id, NEW.in_place_of_id) IS DISTINCT FROM (OLD.competition_id, OLD.application_id, OLD.vote_id, OLD.title, OLD.applicant, OLD.registration_number, OLD.outcome, OLD.number, OLD.decided_on, OLD.place, OLD.total, OLD.by_criteria, OLD.by_vote, OLD.conditions, OLD.reasons, OLD.signed_by_id, OLD.signatory, OLD.signatory_role, OLD.organiser, OLD.as_deputy, OLD.signed_at, OLD.promoted_from_id, OLD.in_place_of_id))) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER decisions_signed_by_deputy BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state = 'drafted' AND OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT NULL AND ((NEW.competition_id, NEW.application_id, NEW.vote_id, NEW.title, NEW.applicant, NEW.registration_number, NEW.outcome, NEW.decided_on, NEW.place, NEW.total, NEW.by_criteria, NEW.by_vote, NEW.conditions, NEW.reasons, NEW.signed_by_id, NEW.signatory, NEW.signatory_role, NEW.organiser, NEW.as_deputy, NEW.signed_at, NEW.promoted_from_id, NEW.in_place_of_id) IS DISTINCT FROM (OLD.competition_id, OLD.application_id, OLD.vote_id, OLD.title, OLD.applicant, OLD.registration_number, OLD.outcome, OLD.decided_on, OLD.place, OLD.total, OLD.by_criteria, OLD.by_vote, OLD.conditions, OLD.reasons, OLD.signed_by_id, OLD.signatory, OLD.signatory_role, OLD.organiser, OLD.as_deputy, OLD.signed_at, OLD.promoted_from_id, OLD.in_place_of_id))) EXECUTE FUNCTION refuse_change()",
)
KEPT_BEFORE = (
    "CREATE TRIGGER decisions_signed BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state <> 'drafted' AND (NEW.state = 'drafted' OR (NEW.competition_id, NEW.application_id, NEW.vote_id, NEW.title, NEW.applicant, NEW.registration_number, NEW.outcome, NEW.number, NEW.decided_on, NEW.place, NEW.total, NEW.by_criteria, NEW.by_vote, NEW.conditions, NEW.reasons, NEW.signed_by_id, NEW.signatory, NEW.organiser, NEW.as_deputy, NEW.signed_at, NEW.promoted_from_id, NEW.in_place_of_id) IS DISTINCT FROM (OLD.competition_id, OLD.application_id, OLD.vote_id, OLD.title, OLD.applicant, OLD.registration_number, OLD.outcome, OLD.number, OLD.decided_on, OLD.place, OLD.total, OLD.by_criteria, OLD.by_vote, OLD.conditions, OLD.reasons, OLD.signed_by_id, OLD.signatory, OLD.organiser, OLD.as_deputy, OLD.signed_at, OLD.promoted_from_id, OLD.in_place_of_id))) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER decisions_signed_by_deputy BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state = 'drafted' AND OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT NULL AND ((NEW.competition_id, NEW.application_id, NEW.vote_id, NEW.title, NEW.applicant, NEW.registration_number, NEW.outcome, NEW.decided_on, NEW.place, NEW.total, NEW.by_criteria, NEW.by_vote, NEW.conditions, NEW.reasons, NEW.signed_by_id, NEW.signatory, NEW.organiser, NEW.as_deputy, NEW.signed_at, NEW.promoted_from_id, NEW.in_place_of_id) IS DISTINCT FROM (OLD.competition_id, OLD.application_id, OLD.vote_id, OLD.title, OLD.applicant, OLD.registration_number, OLD.outcome, OLD.decided_on, OLD.place, OLD.total, OLD.by_criteria, OLD.by_vote, OLD.conditions, OLD.reasons, OLD.signed_by_id, OLD.signatory, OLD.organiser, OLD.as_deputy, OLD.signed_at, OLD.promoted_from_id, OLD.in_place_of_id))) EXECUTE FUNCTION refuse_change()",
)
LOGOS = (
    "CREATE TRIGGER municipality_logos_append_only BEFORE UPDATE OR DELETE ON municipality_logos FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER municipality_logos_never_emptied BEFORE TRUNCATE ON municipality_logos FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
# Columns of a code, and the names of their constraints before and now.
RENAMED = (
    ("competitions", "state", "competitionstate"),
    ("tokens", "purpose", "tokenpurpose"),
    ("applications", "state", "applicationstate"),
    ("call_forms", "purpose", "formpurpose"),
)
INDEXES_RENAMED = ("uq_decisions_", "uq_registers_", "uq_score_sheets_")
STROKES = str.maketrans("łøđ", "lod")  # not separated by Unicode's decomposition
WITH_LANGUAGE = ("persons", "messages", "applications", "letters")


def upgrade() -> None:
    op.add_column(
        "municipalities", sa.Column("signatory", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("municipalities", sa.Column("signatory_role", postgresql.JSONB(), nullable=True))
    op.add_column("decisions", sa.Column("signatory_role", postgresql.JSONB(), nullable=True))
    _keep(KEPT)
    op.create_table(
        "municipality_logos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_municipality_logos_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_municipality_logos_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality_logos")),
    )
    op.create_index(
        op.f("ix_municipality_logos_municipality_id"),
        "municipality_logos",
        ["municipality_id"],
        unique=False,
    )
    for statement in LOGOS:
        op.execute(statement)
    _fold_names()
    for table, before, now in RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT ck_{table}_{before} TO ck_{table}_{now}")
    for index in INDEXES_RENAMED:
        op.execute(f"ALTER INDEX {index}standing RENAME TO {index}current")
    _languages("language ~ '^[a-z]{2,3}$'")


def _keep(triggers: tuple[str, ...]) -> None:
    for statement in triggers:
        op.execute(f"DROP TRIGGER {statement.split()[2]} ON decisions")
        op.execute(statement)


def _fold_names() -> None:
    """The names of people as they are searched: lower case, without diacritics."""
    op.add_column("persons", sa.Column("folded_name", sa.Text(), nullable=True))
    connection = op.get_bind()
    for key, name in connection.execute(sa.text("SELECT id, name FROM persons")).all():
        plain = unicodedata.normalize("NFKD", name).casefold()
        folded = "".join(sign for sign in plain if not unicodedata.combining(sign))
        folded = folded.translate(STROKES)
        connection.execute(
            sa.text("UPDATE persons SET folded_name = :folded WHERE id = :key"),
            {"folded": folded, "key": key},
        )
    op.alter_column("persons", "folded_name", nullable=False)


def _languages(allowed: str) -> None:
    for table in WITH_LANGUAGE:
        op.drop_constraint(op.f(f"ck_{table}_language"), table)
        op.create_check_constraint(op.f(f"ck_{table}_language"), table, allowed)


def downgrade() -> None:
    """Lose logos, and who signed in which position. Refused where another language was used."""
    connection = op.get_bind()
    for table in WITH_LANGUAGE:
        language = sa.column("language")
        other = (
            sa.select(language).select_from(sa.table(table)).where(language.not_in(["lv", "en"]))
        )
        if connection.execute(other.limit(1)).first():
            raise RuntimeError(f"{table} has rows in a language that the earlier tables refuse")
    _languages("language IN ('lv', 'en')")
    for index in INDEXES_RENAMED:
        op.execute(f"ALTER INDEX {index}current RENAME TO {index}standing")
    for table, before, now in RENAMED:
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT ck_{table}_{now} TO ck_{table}_{before}")
    op.drop_column("persons", "folded_name")
    op.drop_table("municipality_logos")
    _keep(KEPT_BEFORE)
    op.drop_column("decisions", "signatory_role")
    op.drop_column("municipalities", "signatory_role")
    op.drop_column("municipalities", "signatory")
