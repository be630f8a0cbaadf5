"""The job queue's own tables.

procrastinate ships one SQL file for each step of its history, and never changes one. A later
version of it needs a migration here that runs the files it added.
"""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UP_TO = "03.10"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for step in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        if step.name[: len(UP_TO)] <= UP_TO:
            driver.execute(step.read_text())


def downgrade() -> None:
    op.execute(
        """
        DO $$ DECLARE thing text;
        BEGIN
            FOR thing IN
                SELECT oid::regprocedure FROM pg_proc WHERE starts_with(proname, 'procrastinate_')
            LOOP EXECUTE 'DROP FUNCTION ' || thing || ' CASCADE'; END LOOP;
            DROP TABLE procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs,
                procrastinate_workers;
            FOR thing IN
                SELECT oid::regtype FROM pg_type
                WHERE starts_with(typname, 'procrastinate_') AND typtype IN ('e', 'c')
            LOOP EXECUTE 'DROP TYPE ' || thing; END LOOP;
        END $$
        """
    )
