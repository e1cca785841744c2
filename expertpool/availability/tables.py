"""When experts cannot be drawn although they are of the pool."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, event
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Absence(Regional, Base):
    """A stretch of time, its end not included, in which an expert is on leave or busy; two never overlap."""

    __tablename__ = "absences"

    id: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[str] = mapped_column(String(12))
    entered_at: Mapped[Instant]

    __table_args__: Any = (
        Index("ix_absences_during", "during", postgresql_using="gist"),
        ExcludeConstraint(("expert", "="), ("during", "&&"), using="gist", name="ex_absences_overlap"),
        CheckConstraint("kind IN ('leave', 'busy')", name="kind_known"),
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="bounded"),
    )


event.listen(Absence.__table__, "before_create", DDL("CREATE EXTENSION IF NOT EXISTS btree_gist"))  # type: ignore[no-untyped-call]
