"""Who came on which day and went when, tries that failed at the door, the signed list of names, fees by dated rates."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Attendance(Regional, Base):
    """One day of one seat's holder. `seat` and `number` are plain values, for the seat's row goes when it is replaced;
    `sealed_expert` is wrapped under this row's id, and by `payee_tag` an expert finds the own rows of a day.
    """

    __tablename__ = "attendances"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    draw: Mapped[str] = mapped_column(String(140))
    seat: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16), server_default="expert")
    day: Mapped[date] = mapped_column(Date)
    sealed_expert: Mapped[bytes] = mapped_column(LargeBinary)
    payee_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    checked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    committed_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    locker: Mapped[str | None] = mapped_column(String(12))
    late: Mapped[bool] = mapped_column(Boolean)
    signed_out_at: Mapped[Instant | None]
    minutes: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("seat", "day"),
        CheckConstraint("(signed_out_at IS NULL) = (minutes IS NULL)", name="signed_out_has_minutes"),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    )


class DoorTry(Regional, Base):
    """How often a typed code failed at a section's door; `tag` is a keyed hash, whether or not there is such a code."""

    __tablename__ = "door_tries"

    section: Mapped[str] = mapped_column(String(129), primary_key=True)
    tag: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[Instant | None]


class AttendanceList(Regional, Base):
    """The list of names `list/v1` over the seats as they stood; it is unlocked once both parties have signed."""

    __tablename__ = "attendance_lists"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129))
    draw: Mapped[str] = mapped_column(String(140))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    unlocked_at: Mapped[Instant | None]

    __table_args__ = (UniqueConstraint("section", "digest"),)


class ListSignature(Regional, Base):
    """One party's signature under a list: the trading centre's or the supervising body's."""

    __tablename__ = "list_signatures"

    list: Mapped[str] = mapped_column(ForeignKey("attendance_lists.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("role IN ('centre', 'supervisor')", name="two_parties"),)


class FeeRate(Regional, Base):
    """What a region pays from a day on: Fen for each begun unit of `minutes`, Fen of travel for each day, and its source.

    A rate is never changed: a later one of the same region takes its place from its own day on.
    """

    __tablename__ = "fee_rates"

    id: Mapped[Id]
    valid_from: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(BigInteger)
    travel: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("region", "valid_from"),
        CheckConstraint("minutes IN (60, 240)", name="hour_or_half_day"),
        CheckConstraint("amount > 0 AND travel >= 0", name="amounts"),
        CheckConstraint("source <> ''", name="has_source"),
    )


class FeeLine(Regional, Base):
    """What one seat's holder is paid for a section, in Fen; `sealed_payee` is wrapped under this row's id.

    `payee_tag` is keyed, of payee and day, so that an expert finds the own lines; None for lines of an older version.
    """

    __tablename__ = "fee_lines"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    seat: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int] = mapped_column(Integer)
    rate: Mapped[str] = mapped_column(ForeignKey("fee_rates.id"))
    sealed_payee: Mapped[bytes] = mapped_column(LargeBinary)
    payee_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    days: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    settled_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("days > 0 AND minutes >= 0", name="time_spent"),
        CheckConstraint("tax >= 0 AND tax <= amount", name="tax_within"),
    )
