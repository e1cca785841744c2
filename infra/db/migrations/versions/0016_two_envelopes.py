"""Two-envelope tenders 双信封: a second keyset of a section, the second manifest of a bid, prices opened after the marks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0017"


def upgrade() -> None:
    """Forward."""
    op.add_column("sections", sa.Column("two_envelope", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sections", sa.Column("second_keyset", sa.String(length=64), nullable=True))
    op.create_foreign_key(op.f("fk_sections_second_keyset_keysets"), "sections", "keysets", ["second_keyset"], ["id"])
    op.create_check_constraint(
        op.f("ck_sections_second_only_of_two"), "sections", "two_envelope OR second_keyset IS NULL"
    )
    op.add_column("bids", sa.Column("second_manifest", sa.Text(), nullable=True))
    op.add_column("bids", sa.Column("second_digest", sa.LargeBinary(), nullable=True))
    op.add_column("bids", sa.Column("second_signature", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_bids_second_whole"),
        "bids",
        "(second_manifest IS NULL) = (second_digest IS NULL)"
        " AND (second_manifest IS NULL) = (second_signature IS NULL)",
    )
    op.drop_constraint(op.f("ck_bid_openings_trouble_has_cause"), "bid_openings", type_="check")
    op.create_check_constraint(
        op.f("ck_bid_openings_trouble_has_cause"),
        "bid_openings",
        "(stage IN ('sealed', 'announced', 'checked', 'priced')) = (cause IS NULL)",
    )
