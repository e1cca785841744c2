"""Row-level security by region on every table that has one."""

from alembic import op
from sqlalchemy import inspect

from infra.db.migrations.regions import OPEN_TO_READ, REGIONAL, policies

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forward."""
    there = set(inspect(op.get_bind()).get_table_names())
    for table in (*REGIONAL, *OPEN_TO_READ):
        if table in there:
            for statement in policies(table):
                op.execute(statement)
