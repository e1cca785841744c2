"""What a draw was asked for beside numbers, and whom an expert is tied to; names and codes are sealed."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class PanelRequest(Regional, Base):
    """The terms of a draw's request: when and where its experts meet, how many representatives join them, whom to avoid.

    `sealed_avoided` holds `{persons: [[name, identity or ""]]}`; a request made anew replaces it.
    """

    __tablename__ = "panel_requests"

    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"), primary_key=True)
    needs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed_avoided: Mapped[bytes] = mapped_column(LargeBinary)
    representatives: Mapped[int] = mapped_column(server_default=text("0"))
    evaluation_at: Mapped[Instant]
    place: Mapped[str] = mapped_column(Text)
    remote: Mapped[bool] = mapped_column(server_default=false())
    basis: Mapped[str] = mapped_column(Text, server_default="")
    asked_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("representatives BETWEEN 0 AND 99", name="representatives_counted"),
        CheckConstraint("place <> ''", name="has_place"),
    )


class ExpertTie(Regional, Base):
    """One tie of an expert to a body; `code_tag` is a keyed hash of the body's code, by which one who knows it finds it."""

    __tablename__ = "expert_ties"

    id: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"), index=True)
    source: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    code_tag: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    noted_at: Mapped[Instant]

    __table_args__ = (CheckConstraint("source IN ('self', 'import', 'review')", name="source_known"),)
