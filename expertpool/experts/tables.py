"""The pool of evaluation experts; names and identities are stored encrypted."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Expert(Regional, Base):
    """One expert. `identity` is `<type>:<number>`, sealed; `employer` a credit code or nothing.

    `specialties` are profession codes, `reaches` they and every code above them. `name_tag` and `phone_tag` are keyed
    hashes by which one who knows the whole of either finds the row. `drawn_before` counts the seats filled before
    drawings were kept one by one; it counts for nothing from `drawn_before_until` on and is never written again.
    """

    __tablename__ = "experts"

    id: Mapped[Id]
    name: Mapped[bytes] = mapped_column(LargeBinary)
    identity: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    employer: Mapped[str | None] = mapped_column(String(18), index=True)
    specialties: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(12), server_default="active")
    title: Mapped[str | None] = mapped_column(String(40))
    years: Mapped[int | None]
    employer_name: Mapped[str | None] = mapped_column(Text)
    reaches: Mapped[list[str]] = mapped_column(ARRAY(String(16)), server_default="{}")
    name_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    phone_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    sealed_contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    account: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    valid_until: Mapped[Instant | None]
    pool: Mapped[str] = mapped_column(String(40), server_default="own")
    drawn_before: Mapped[int] = mapped_column(Integer, server_default="0")
    drawn_before_until: Mapped[Instant | None]
    available: Mapped[bool] = mapped_column(server_default="true")
    entered_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("cardinality(specialties) > 0", name="has_specialty"),)
