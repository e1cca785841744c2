"""A limited time of its own for the keys of the second envelopes 第二信封."""

from alembic import op

revision = "0020"
down_revision = "0016"


def upgrade() -> None:
    """Forward."""
    op.drop_constraint(op.f("ck_opening_windows_kind_known"), "opening_windows", type_="check")
    op.create_check_constraint(
        op.f("ck_opening_windows_kind_known"), "opening_windows", "kind IN ('factor', 'release', 'second-release')"
    )
