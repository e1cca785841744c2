"""Judges' drafts and sealed sheets, what the committee resolved, whom it elected, and the evaluation's result."""

from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Sheet(Regional, Base):
    """One judge's complete marks: sealed until every judge has locked, bound by a logged and signed commitment.

    `report_signature` stands under the report, or under `dissent`: the written reasons against it (TBR 53).
    """

    __tablename__ = "sheets"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    locked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    report_signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    dissent: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("dissent IS NULL OR report_signature IS NOT NULL", name="dissent_is_signed"),)


class Evaluation(Regional, Base):
    """The published evaluation: its evidence file (design/recompute.md) with every mark, and the report's digest."""

    __tablename__ = "evaluations"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))


class SetAside(Regional, Base):
    """An evaluation that the committee did again 复评: kept as it stood, `number` counting a section's from 1."""

    __tablename__ = "evaluations_set_aside"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    set_aside_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 99", name="number_counted"),)


class Consolidation(Regional, Base):
    """Between the last lock and the published marks some judge is asked for reasons, until `ends_at`; whom is sealed."""

    __tablename__ = "consolidations"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    began_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))


class Explanation(Regional, Base):
    """What one judge is asked, sealed, in a row that every judge has, and what the judge gave, sealed until publication."""

    __tablename__ = "explanations"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    sealed_asked: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_given: Mapped[bytes | None] = mapped_column(LargeBinary)


class Resolution(Regional, Base):
    """What a judge moved that the committee resolve; it stands by the votes of those who hold the seats now.

    Closed: the replacement of a judge, once done, asks nobody any more.
    """

    __tablename__ = "resolutions"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    moved_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("section", "number"),)


class Vote(Regional, Base):
    """One judge's signed answer to a resolution; a vote against gives reasons. It goes with its seat (TBR 48)."""

    __tablename__ = "votes"

    resolution: Mapped[str] = mapped_column(ForeignKey("resolutions.id"), primary_key=True)
    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    agrees: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    voted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("agrees OR reasons <> ''", name="against_has_reasons"),)


class MarkDraft(Regional, Base):
    """One mark before the lock, sealed to its seat, bid and item: all are of one length, so that none tells its mark.

    `version` counts how often it was given; drafts go with their seat, and all of them when the marks are published.
    """

    __tablename__ = "mark_drafts"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    item: Mapped[str] = mapped_column(Text, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer)
    saved_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)


class SeatChallenge(Regional, Base):
    """What a judge who comes back must sign with the seat's key: fresh each time, used once."""

    __tablename__ = "seat_challenges"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))


class LeaderVote(Regional, Base):
    """One judge's vote for the committee's leader in one round; `candidate` is a seat's number."""

    __tablename__ = "leader_votes"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(Integer, primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    candidate: Mapped[int] = mapped_column(Integer)
    voted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("round IN (1, 2)", name="two_rounds"),)


class Representative(Regional, Base):
    """One naming of a purchaser's representative 采购人代表: name, identity and the mandate's file are sealed.

    `number` counts the namings of a section, `judge` is the seat's number, `seat` a plain value, for seats go; `why`
    stands where somebody else had been named before. `mandate` is the SHA-256 of the written mandate (TBL 37; M87 45).
    """

    __tablename__ = "representatives"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    judge: Mapped[int] = mapped_column(Integer)
    seat: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_mandate: Mapped[bytes] = mapped_column(LargeBinary)
    mandate: Mapped[bytes] = mapped_column(LargeBinary)
    why: Mapped[str | None] = mapped_column(String(12))
    named_by: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 99", name="number_counted"),
        CheckConstraint("octet_length(mandate) = 32", name="mandate_is_digest"),
    )


class RecusalRequest(Regional, Base):
    """A bidder's written request 回避申请 that somebody not judge (GPR 9); `digest` is that of what it says, sealed."""

    __tablename__ = "recusal_requests"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    bidder: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    considered_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    considered_by: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("state IN ('received', 'considered')", name="state_known"),
        CheckConstraint("(state = 'considered') = (considered_at IS NOT NULL)", name="considered_has_time"),
        CheckConstraint("(considered_at IS NULL) = (considered_by IS NULL)", name="considered_by_somebody"),
    )


class RecusalHit(Regional, Base):
    """A ground on which somebody drawn must not judge, found by the system; `seat` is a plain value, for seats go.

    Settled: another has taken the seat. What is not was found when the marks stood already.
    """

    __tablename__ = "recusal_hits"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    seat: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(12))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    found_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("seat", "kind"),)


class Controller(Regional, Base):
    """A company that controls a body 控股股东、实际控制人, as the body itself declares it, by credit code.

    What is declared is never changed: it ends, and another is declared.
    """

    __tablename__ = "controllers"

    id: Mapped[Id]
    organisation: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    code: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(Text)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[Instant | None]

    __table_args__ = (
        CheckConstraint("length(code) = 18", name="code_length"),
        CheckConstraint("name <> ''", name="named"),
    )
