"""A project and the bodies that stand behind it."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Name, Regional


class Project(Regional, Base):
    """A project and, once it is accepted, its sections. `id` is the tender's public code, e.g. `YH-GC-2026-0001`.

    `submitted_by` is the body that registered it; None where the centre took it in at once. `mandate` is what the
    procuring entity has entrusted to its agent. Of a government purchase, `object` says what is bought and `plan_number` is
    that of the purchase plan 采购计划编号.
    """

    __tablename__ = "projects"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(20))
    procuring_entity: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    agent: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    investment_code: Mapped[str | None] = mapped_column(String(24))
    object: Mapped[str | None] = mapped_column(String(12))
    plan_number: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), server_default="accepted", index=True)
    mandate: Mapped[Name] = mapped_column(server_default="")
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    submitted_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    returned_why: Mapped[Name | None]
    accepted_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_has_time"),
        CheckConstraint("(state = 'returned') = (returned_why IS NOT NULL)", name="returned_has_reason"),
        CheckConstraint("state = 'accepted' OR submitted_at IS NOT NULL", name="submitted_has_time"),
        CheckConstraint(
            "category <> 'procurement' OR (plan_number IS NOT NULL AND object IS NOT NULL)", name="purchase_has_plan"
        ),
    )
