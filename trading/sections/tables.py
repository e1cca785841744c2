"""A section, the draft of its tender document, and the document as frozen."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary, String, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.crypto.seal_suite import X25519
from infra.db.base import Base, Instant, Regional


class Section(Regional, Base):
    """One section 标段. `id` is `<tender>/<section>`; the regime is the one in force when the notice was published.

    While `suspended_at` is set an objection to the tender document waits for its answer, and bidding cannot end (TBR 22).
    Its bids are sealed in `suite`; with `bidder_factor` each bidder keeps a factor of its own that opening needs too.
    With `remedy` a bid that does not open by its bidder's fault may still be shown in plain (EBM 31).
    `joint` is how many bodies one bid may have, 1 where consortia are not admitted (TBL 31); `blind` are the parts that
    judges read without a name.
    Where it is `two_envelope` 双信封, `parts` are those of the first; prices are sealed to `second_keyset`.
    Where it is `by_choice` 评定分离, the procuring entity chooses the winner among the candidates.
    `budget` is what a government purchase has been granted 采购预算.
    `invited_by` is the article that lets it invite bidders 邀请招标, none for an open one; `invited_why` says why it applies.
    `follows` is the failed section that it calls anew 重新招标.
    What is published of it stays until `public_until`, for ever where that is none; it is public while `taken_down_at` is none.
    """

    __tablename__ = "sections"

    id: Mapped[str] = mapped_column(String(129), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    regime: Mapped[str] = mapped_column(String(40))
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    budget: Mapped[int | None] = mapped_column(BigInteger)
    parts: Mapped[list[str]] = mapped_column(JSONB)
    suite: Mapped[str] = mapped_column(String(40), default=X25519, server_default=X25519)
    bidder_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    remedy: Mapped[bool] = mapped_column(default=False, server_default=false())
    two_envelope: Mapped[bool] = mapped_column(default=False, server_default=false())
    by_choice: Mapped[bool] = mapped_column(default=False, server_default=false())
    invited_by: Mapped[str | None] = mapped_column(String(40))
    invited_why: Mapped[str | None] = mapped_column(Text)
    joint: Mapped[int] = mapped_column(default=1, server_default="10")
    blind: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    keyset: Mapped[str | None] = mapped_column(ForeignKey("keysets.id"))
    second_keyset: Mapped[str | None] = mapped_column(ForeignKey("keysets.id"))
    created_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    published_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    deadline: Mapped[Instant | None] = mapped_column(DateTime(timezone=True), index=True)
    closed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    publicity_ends: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    failed_why: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[str | None] = mapped_column(Text)
    suspended_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    marking_until: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    paused_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    follows: Mapped[str | None] = mapped_column(ForeignKey("sections.id"), index=True)
    public_until: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    taken_down_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    taken_down_digest: Mapped[bytes | None] = mapped_column(LargeBinary)

    @property
    def keysets(self) -> tuple[str, ...]:
        """The ids of its bids' keysets, the first envelope's first; those of its draws are not among them."""
        return tuple(one for one in (self.keyset, self.second_keyset) if one is not None)

    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'ready') OR (published_at IS NOT NULL AND deadline IS NOT NULL)", name="published"
        ),
        CheckConstraint("(state = 'failed') = (failed_why IS NOT NULL)", name="failed_has_reason"),
        CheckConstraint("ceiling IS NULL OR ceiling > 0", name="ceiling_positive"),
        CheckConstraint("budget IS NULL OR budget > 0", name="budget_positive"),
        CheckConstraint("(invited_by IS NULL) = (invited_why IS NULL)", name="invited_says_why"),
        CheckConstraint("joint BETWEEN 1 AND 10", name="joint_bodies"),
        CheckConstraint("two_envelope OR second_keyset IS NULL", name="second_only_of_two"),
    )


class SectionDraft(Regional, Base):
    """What the procuring side has typed so far, right or wrong: `fields` of the document builder, `notice` fields.

    `files` are {name, size, sha256}; their bytes lie in the object store under their hash.
    """

    __tablename__ = "section_drafts"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    notice: Mapped[dict[str, str]] = mapped_column(JSONB)
    saved_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))


class Document(Regional, Base):
    """The tender document 招标文件 in force: its files' hashes and the scoring method that alone decides (TBR 49).

    `examination` are the items that a bid passes or fails before it is marked; empty in older documents.
    """

    __tablename__ = "documents"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    method: Mapped[dict[str, Any]] = mapped_column(JSONB)
    labels: Mapped[dict[str, Any]] = mapped_column(JSONB)
    examination: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    frozen_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)


class DocumentVersion(Regional, Base):
    """A version of a tender document as it was issued; no row ever changes. The newest equals the `Document`.

    `clauses` are [heading, text] in order; None where they were frozen before versions were kept, see the section's draft.
    """

    __tablename__ = "document_versions"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    method: Mapped[dict[str, Any]] = mapped_column(JSONB)
    labels: Mapped[dict[str, Any]] = mapped_column(JSONB)
    examination: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    clauses: Mapped[list[list[str]] | None] = mapped_column(JSONB(none_as_null=True))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)
