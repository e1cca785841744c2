"""Where those drawn are to meet, their invitations seat by seat, and every message that carries one."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Meeting(Regional, Base):
    """When and where the experts of a draw are to come, as the centre fixed it; `window` is seconds to answer in.

    `remote` are further places as `[[place, seats], …]`, filled in this order before `place` (`places.place_of`).
    """

    __tablename__ = "meetings"

    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"), primary_key=True)
    meet_at: Mapped[Instant]
    place: Mapped[str] = mapped_column(Text)
    window: Mapped[int] = mapped_column(Integer)
    remote: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))

    __table_args__ = (CheckConstraint('"window" > 0', name="has_window"),)


class Invitation(Regional, Base):
    """One seat's invitation to whoever was drawn for it; the expert and the code are sealed.

    `seat` is no foreign key: a replaced seat's row is gone, its invitation stays. `sealed_note` is for the supervisor.
    `own_tag` is `sealing.own_tag`: the expert finds the row by it, and nobody without the master key does.
    """

    __tablename__ = "invitations"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    draw: Mapped[str] = mapped_column(String(140))
    seat: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int] = mapped_column(Integer)
    sealed_expert: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_code: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[str] = mapped_column(String(12))
    meet_at: Mapped[Instant]
    place: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    decline_kind: Mapped[str | None] = mapped_column(String(12))
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    own_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)

    __table_args__ = (
        CheckConstraint("state IN ('sent', 'accepted', 'declined', 'unanswered', 'withdrawn')", name="state_known"),
        CheckConstraint("state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL", name="answer_has_time"),
        CheckConstraint("(state = 'declined') = (decline_kind IS NOT NULL)", name="declined_has_kind"),
        CheckConstraint("ends_at <= meet_at", name="ends_before_meeting"),
    )


class Dispatch(Regional, Base):
    """One message on one channel, tried until it is taken or refused; address and text are sealed together.

    Its purpose is the call itself, or to tell that the call is withdrawn; each has its own turns of channels.
    """

    __tablename__ = "dispatches"

    id: Mapped[Id]
    invitation: Mapped[str] = mapped_column(ForeignKey("invitations.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(8), server_default="call")
    turn: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[Instant | None]
    gateway_ref: Mapped[str | None] = mapped_column(String(120))
    why: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        UniqueConstraint("invitation", "purpose", "turn"),
        CheckConstraint("purpose IN ('call', 'cancel')", name="purpose_known"),
        CheckConstraint("channel IN ('sms', 'voice', 'mail')", name="channel_known"),
        CheckConstraint("state IN ('queued', 'sent', 'delivered', 'kept', 'failed')", name="state_known"),
        CheckConstraint("(state = 'queued') = (next_at IS NOT NULL)", name="queued_has_time"),
        Index("ix_dispatches_gateway_ref", "channel", "gateway_ref"),
    )
