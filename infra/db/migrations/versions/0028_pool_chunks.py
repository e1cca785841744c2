"""Chunks of a sealed pool: each is numbered from 0, holds something, and is known by its SHA-256."""

from alembic import op

revision = "0028"
down_revision = "0027"
CHECKS = {"number": "number >= 0", "holds_something": "bytes > 0", "digest": "octet_length(sha256) = 32"}


def upgrade() -> None:
    """Forward."""
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_pool_chunks_{name}"), "pool_chunks", condition)
    op.create_unique_constraint(op.f("uq_pool_chunks_key"), "pool_chunks", ["key"])
