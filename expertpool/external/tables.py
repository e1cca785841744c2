"""Lists of experts drawn by another pool."""

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Name, Ref, Regional


class ExternalList(Regional, Base):
    """What a provincial pool drew for a section, sealed as it came; `digest` is the SHA-256 of the file."""

    __tablename__ = "external_lists"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    source: Mapped[Name]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    experts: Mapped[int]
    taken_by: Mapped[Ref]
    taken_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest_length"),
        CheckConstraint("source <> ''", name="sourced"),
    )
