"""Rows of registration: every version of an organisation's profile that was ever handed in; none is changed or deleted."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.auth.registration.states import VersionState
from infra.db.base import Base, Facts, Id, Instant, Regional


class OrganisationVersion(Regional, Base):
    """One version; those of one application or one body share a `series`. `region` is that of the centre it went to.

    `profile` holds the fields of `profile.FIELDS`; code, phone and legal representative stand apart to be searched for.
    """

    __tablename__ = "organisation_versions"

    id: Mapped[Id]
    series: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    organisation: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[VersionState] = mapped_column(String(20))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    credit_code: Mapped[str] = mapped_column(String(18), index=True)
    phone: Mapped[str] = mapped_column(String(40), index=True)
    legal_representative: Mapped[str] = mapped_column(Text, index=True)
    profile: Mapped[Facts]
    submitted_by: Mapped[str] = mapped_column(String(64), index=True)
    submitted_at: Mapped[Instant]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[Instant | None]
    reasons: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (
        UniqueConstraint("series", "number"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint("cardinality(kinds) > 0", name="has_kind"),
        CheckConstraint("(state IN ('submitted', 'withdrawn')) = (decided_at IS NULL)", name="decided_has_time"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "state NOT IN ('accepted', 'superseded') OR organisation IS NOT NULL", name="accepted_has_body"
        ),
        Index("ix_organisation_versions_queue", "region", "state", "submitted_at"),
        Index(
            "uq_organisation_versions_one_pending", "series", unique=True, postgresql_where=text("state = 'submitted'")
        ),
        Index(
            "uq_organisation_versions_one_in_force",
            "organisation",
            unique=True,
            postgresql_where=text("state = 'accepted'"),
        ),
    )
