"""Rows of recordings: cameras of a room, recordings with their streams and exports, and entries that are never changed."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Bytes, Count, Facts, Id, Instant, Name, Regional


class CameraKind(StrEnum):
    """How a camera of a room is reached: itself, or as a channel of the room's network recorder."""

    CAMERA = "camera"
    NVR = "nvr"


class RecordingKind(StrEnum):
    """What is recorded."""

    OPENING = "opening"
    DRAW = "draw"
    EVALUATION = "evaluation"
    CLARIFICATION = "clarification"


class StreamKind(StrEnum):
    """Where a stream comes from."""

    CAMERA = "camera"
    NVR = "nvr"
    BACKFILL = "backfill"
    BROWSER = "browser"
    SCREEN = "screen"
    QUESTIONS = "questions"


class ExportForm(StrEnum):
    """As what a recording is handed out."""

    ZIP = "zip"
    ISO = "iso"


class RecordingState(StrEnum):
    """A recording runs; is stopped, while what waits is stored; and is closed over a root."""

    RUNNING = "running"
    STOPPED = "stopped"
    CLOSED = "closed"


class Camera(Regional, Base):
    """A camera of a room; its address with its password is kept wrapped by the key service."""

    __tablename__ = "cameras"

    id: Mapped[Id]
    room: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    label: Mapped[Name]
    kind: Mapped[CameraKind] = mapped_column(String(8))
    sealed: Mapped[Bytes]
    mandatory: Mapped[bool]
    entered_at: Mapped[Instant]
    removed_at: Mapped[Instant | None]

    __table_args__ = (
        Index("uq_cameras_label", "room", "label", unique=True, postgresql_where="removed_at IS NULL"),
        CheckConstraint("kind IN ('camera', 'nvr')", name="kind_known"),
        CheckConstraint("label <> ''", name="named"),
    )


class Recording(Regional, Base):
    """What is recorded of a section in a room; `document` with its root and signature once it is closed."""

    __tablename__ = "recordings"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    kind: Mapped[RecordingKind] = mapped_column(String(16))
    state: Mapped[RecordingState] = mapped_column(String(8))
    opened_at: Mapped[Instant]
    stopped_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    retain_until: Mapped[Instant]
    held_at: Mapped[Instant | None]
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("uq_recordings_room", "room", unique=True, postgresql_where="state <> 'closed'"),
        CheckConstraint("state IN ('running', 'stopped', 'closed')", name="state_known"),
        CheckConstraint("kind IN ('opening', 'draw', 'evaluation', 'clarification')", name="kind_known"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("(state = 'closed') = (document IS NOT NULL)", name="closed_has_document"),
        CheckConstraint("(document IS NULL) = (signature IS NULL)", name="document_is_signed"),
        CheckConstraint("(state = 'running') = (stopped_at IS NULL)", name="stopped_has_time"),
    )


class RecordingStream(Regional, Base):
    """One source of a recording; its head, and how it does as its recorder last said."""

    __tablename__ = "recording_streams"

    id: Mapped[Id]
    recording: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    camera: Mapped[str | None] = mapped_column(ForeignKey("cameras.id"))
    header: Mapped[Facts]
    mandatory: Mapped[bool]
    entries: Mapped[Count]
    chain: Mapped[Bytes]
    run: Mapped[int] = mapped_column(Integer)
    until: Mapped[Count]
    running: Mapped[bool]
    up: Mapped[bool]
    why: Mapped[str | None] = mapped_column(String(40))
    down_since: Mapped[Instant | None]
    heard_at: Mapped[Instant | None]
    alarmed_at: Mapped[Instant | None]

    __table_args__ = (
        CheckConstraint("octet_length(chain) = 32", name="chain_size"),
        CheckConstraint("entries >= 0", name="entries_counted"),
        CheckConstraint("up = (down_since IS NULL)", name="down_has_time"),
    )


class RecordingEntry(Regional, Base):
    """One entry of a stream, never changed and never deleted."""

    __tablename__ = "recording_entries"

    stream: Mapped[str] = mapped_column(ForeignKey("recording_streams.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[Facts]
    chain: Mapped[Bytes]

    __table_args__ = (
        CheckConstraint("octet_length(chain) = 32", name="chain_size"),
        CheckConstraint("(entry ->> 'seq')::bigint = seq", name="numbered_as_chained"),
    )


class RecordingPart(Regional, Base):
    """That the store has an entry's bytes, as which version of `STREAM/SEQ`; never changed and never deleted."""

    __tablename__ = "recording_parts"

    stream: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[Instant]

    __table_args__ = (
        ForeignKeyConstraint(
            ["stream", "seq"],
            ["recording_entries.stream", "recording_entries.seq"],
            name="fk_recording_parts_stream_recording_entries",
        ),
    )


class RecordingRemark(Regional, Base):
    """What a person said of a recording: why a gap came about, why missing parts are waived; never changed."""

    __tablename__ = "recording_remarks"

    recording: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    said: Mapped[Facts]
    stream: Mapped[str | None] = mapped_column(String(64))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    said_at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("recording", "stream", "seq"),
        CheckConstraint("number > 0", name="number_counted"),
    )


class RecordingExport(Regional, Base):
    """A file of a closed recording that was asked for; `words` say what for, `failed_why` is the refusal that ended it."""

    __tablename__ = "recording_exports"

    recording: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    form: Mapped[ExportForm] = mapped_column(String(3))
    words: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[Instant | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    version: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    failed_why: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        CheckConstraint("form IN ('zip', 'iso')", name="form_known"),
        CheckConstraint("state IN ('making', 'made', 'failed')", name="state_known"),
        CheckConstraint("(state = 'made') = (version IS NOT NULL)", name="made_is_stored"),
        CheckConstraint("(state = 'made') = (digest IS NOT NULL)", name="made_has_digest"),
        CheckConstraint("(state = 'failed') = (failed_why IS NOT NULL)", name="failed_has_reason"),
    )
