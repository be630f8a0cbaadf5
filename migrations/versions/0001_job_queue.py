"""The job queue's own tables, as procrastinate 3.10 makes them where there are none.

Its SQL is kept beside this file, so that a later version of the library does not change what has
run; `make check` compares what the migrations make with the schema of the version that is installed.
Its own migrations are no way to a new queue: they use values of an enum in the transaction that adds
them, which PostgreSQL 15 and 16 refuse.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Many statements in one text, and all as they are: only the driver takes them so.
    driver = op.get_bind().connection.driver_connection
    driver.execute(Path(__file__).with_suffix(".sql").read_text())


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
