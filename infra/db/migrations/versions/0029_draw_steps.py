"""Steps of a draw: how long each may take, who was called by it, and draws for vacant seats only."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Forward."""
    op.add_column("draws", sa.Column("step_seconds", sa.Integer(), nullable=False, server_default="1800"))
    op.add_column("draws", sa.Column("sealed_called", sa.LargeBinary()))
    op.add_column("draws", sa.Column("sealed_seated", sa.LargeBinary()))
    op.add_column("draws", sa.Column("repeat_supplement", sa.Boolean(), nullable=False, server_default="false"))
    op.create_check_constraint(op.f("ck_draws_step_has_time"), "draws", "step_seconds > 0")
    op.create_index(op.f("ix_draws_region_requested_at"), "draws", ["region", "requested_at"])
