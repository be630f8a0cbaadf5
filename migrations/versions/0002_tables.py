"""Every table of the ground floor and of competitions."""

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    context.config.attributes["metadata"].create_all(op.get_bind())


def downgrade() -> None:
    context.config.attributes["metadata"].drop_all(op.get_bind())
    op.execute("DROP FUNCTION refuse_change")
