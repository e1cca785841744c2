"""Cameras of rooms; recordings with their streams; entries, stored parts and remarks that are never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0051"
down_revision = "0050"

NEVER_CHANGED = ("recording_entries", "recording_parts", "recording_remarks")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Rooms have no cameras yet: nothing is recorded, and nothing waits for a recording."""
    _cameras()
    _recordings()
    _streams()
    _entries()
    for table in ("cameras", "recordings", "recording_streams", *NEVER_CHANGED):
        for statement in policies(table):
            op.execute(statement)
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _cameras() -> None:
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(64), sa.ForeignKey("rooms.id"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("entered_at", _WHEN, nullable=False),
        sa.Column("removed_at", _WHEN),
        _region(),
        sa.CheckConstraint("kind IN ('camera', 'nvr')", name="kind_known"),
        sa.CheckConstraint("label <> ''", name="named"),
    )
    op.create_index(
        "uq_cameras_label", "cameras", ["room", "label"], unique=True, postgresql_where="removed_at IS NULL"
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("section", sa.String(129), sa.ForeignKey("sections.id"), nullable=False, index=True),
        sa.Column("room", sa.String(64), sa.ForeignKey("rooms.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("opened_at", _WHEN, nullable=False),
        sa.Column("stopped_at", _WHEN),
        sa.Column("closed_at", _WHEN),
        sa.Column("retain_until", _WHEN, nullable=False),
        sa.Column("document", postgresql.JSONB()),
        sa.Column("signature", sa.LargeBinary()),
        _region(),
        sa.CheckConstraint("state IN ('running', 'stopped', 'closed')", name="state_known"),
        sa.CheckConstraint("kind IN ('opening', 'draw', 'evaluation', 'clarification')", name="kind_known"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        sa.CheckConstraint("(state = 'closed') = (document IS NOT NULL)", name="closed_has_document"),
        sa.CheckConstraint("(document IS NULL) = (signature IS NULL)", name="document_is_signed"),
        sa.CheckConstraint("(state = 'running') = (stopped_at IS NULL)", name="stopped_has_time"),
    )
    op.create_index("uq_recordings_room", "recordings", ["room"], unique=True, postgresql_where="state <> 'closed'")


def _streams() -> None:
    op.create_table(
        "recording_streams",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("recording", sa.String(64), sa.ForeignKey("recordings.id"), nullable=False, index=True),
        sa.Column("camera", sa.String(64), sa.ForeignKey("cameras.id")),
        sa.Column("header", postgresql.JSONB(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(40)),
        sa.Column("down_since", _WHEN),
        sa.Column("heard_at", _WHEN),
        sa.Column("alarmed_at", _WHEN),
        _region(),
        sa.CheckConstraint("octet_length(chain) = 32", name="chain_size"),
        sa.CheckConstraint("entries >= 0", name="entries_counted"),
        sa.CheckConstraint("up = (down_since IS NULL)", name="down_has_time"),
    )


def _entries() -> None:
    op.create_table(
        "recording_entries",
        sa.Column("stream", sa.String(64), sa.ForeignKey("recording_streams.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry", postgresql.JSONB(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        _region(),
        sa.CheckConstraint("octet_length(chain) = 32", name="chain_size"),
        sa.CheckConstraint("(entry ->> 'seq')::bigint = seq", name="numbered_as_chained"),
    )
    op.create_table(
        "recording_parts",
        sa.Column("stream", sa.String(64), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("stored_at", _WHEN, nullable=False),
        _region(),
        sa.ForeignKeyConstraint(
            ["stream", "seq"],
            ["recording_entries.stream", "recording_entries.seq"],
            name="fk_recording_parts_stream_recording_entries",
        ),
    )
    op.create_table(
        "recording_remarks",
        sa.Column("recording", sa.String(64), sa.ForeignKey("recordings.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("stream", sa.String(64)),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("said_at", _WHEN, nullable=False),
        _region(),
        sa.UniqueConstraint("recording", "stream", "seq", name=op.f("uq_recording_remarks_recording_stream_seq")),
        sa.CheckConstraint("number > 0", name="number_counted"),
    )


def _region() -> sa.Column[str]:
    return sa.Column("region", sa.String(6), nullable=False, index=True)
