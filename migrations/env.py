"""How Alembic runs. portal/core/migrate.py calls it, with a connection and the models' metadata."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.dialects.postgresql import JSONB

from portal.core.db import WordsType


def ours(name: str | None, kind: str, parent_names: Any) -> bool:
    """Whether autogenerate looks at something: the job queue's tables are procrastinate's own."""
    table = name if kind == "table" else parent_names.get("table_name")
    return not (table or "").startswith("procrastinate_")


def rendered(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """How a new migration writes a type. It must not change with the application's classes."""
    return "postgresql.JSONB()" if kind == "type" and isinstance(item, JSONB | WordsType) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    include_name=ours,
    render_item=rendered,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
