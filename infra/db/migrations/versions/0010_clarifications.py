"""Questions, answers, addenda and subscriptions to a tender document."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.migrations.regions import policies

revision = "0010"
down_revision = "0009"

REGIONAL = (
    "document_versions",
    "questions",
    "clarifications",
    "addendum_drafts",
    "addenda",
    "extensions",
    "bid_confirmations",
    "document_subscriptions",
    "document_fetches",
)
ISSUED = """
INSERT INTO document_versions (section, version, method, labels, files, ceiling, clauses, digest, issued_at, region)
SELECT one.section, 1, one.method, one.labels, one.files, sections.ceiling, NULL, one.digest, one.frozen_at, one.region
FROM documents AS one JOIN sections ON sections.id = one.section
"""


def upgrade() -> None:
    """Forward; every document frozen so far becomes version 1 of its own."""
    op.add_column("sections", sa.Column("suspended_at", sa.DateTime(timezone=True)))
    op.add_column("documents", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_check_constraint(op.f("ck_documents_version_positive"), "documents", "version > 0")
    _document()
    _questions()
    _bidders()
    op.execute(ISSUED)
    for table in REGIONAL:
        for statement in policies(table):
            op.execute(statement)


def _document() -> None:
    op.create_table(
        "document_versions",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", JSONB(), nullable=False),
        sa.Column("labels", JSONB(), nullable=False),
        sa.Column("files", JSONB(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("clauses", JSONB(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_document_versions_version_positive")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_document_versions_section_sections")),
        sa.PrimaryKeyConstraint("section", "version", name=op.f("pk_document_versions")),
    )
    op.create_index(op.f("ix_document_versions_region"), "document_versions", ["region"], unique=False)
    op.create_table(
        "addendum_drafts",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("files", JSONB(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_addendum_drafts_section_sections")),
        sa.PrimaryKeyConstraint("section", name=op.f("pk_addendum_drafts")),
    )
    op.create_index(op.f("ix_addendum_drafts_region"), "addendum_drafts", ["region"], unique=False)
    op.create_table(
        "addenda",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("affects", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("version > 1", name=op.f("ck_addenda_version_follows")),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_addenda_notice_notices")),
        sa.ForeignKeyConstraint(
            ["section", "version"],
            ["document_versions.section", "document_versions.version"],
            name=op.f("fk_addenda_section_document_versions"),
        ),
        sa.PrimaryKeyConstraint("section", "version", name=op.f("pk_addenda")),
    )
    op.create_index(op.f("ix_addenda_region"), "addenda", ["region"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("deadline_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("deadline > deadline_before", name=op.f("ck_extensions_later")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_extensions_section_sections")),
        sa.PrimaryKeyConstraint("section", "number", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_region"), "extensions", ["region"], unique=False)


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("asker", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("affects", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("(kind = 'objection') = (due_at IS NOT NULL)", name=op.f("ck_questions_objection_has_end")),
        sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_questions_refused_has_reason")),
        sa.CheckConstraint(
            "(state IN ('prepared', 'published')) = (answer IS NOT NULL)", name=op.f("ck_questions_answered_has_answer")
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'refused')) = (decided_at IS NOT NULL)", name=op.f("ck_questions_decided_has_time")
        ),
        sa.CheckConstraint("kind IN ('question', 'objection')", name=op.f("ck_questions_kind_known")),
        sa.ForeignKeyConstraint(["asker"], ["organisations.id"], name=op.f("fk_questions_asker_organisations")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_questions_section_sections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index("ix_questions_asker", "questions", ["asker", "section"], unique=False)
    op.create_index(op.f("ix_questions_region"), "questions", ["region"], unique=False)
    op.create_index("ix_questions_section", "questions", ["section", "state"], unique=False)
    op.create_table(
        "clarifications",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("affects", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("addendum", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_clarifications_number_positive")),
        sa.ForeignKeyConstraint(["question"], ["questions.id"], name=op.f("fk_clarifications_question_questions")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_clarifications_section_sections")),
        sa.PrimaryKeyConstraint("section", "number", name=op.f("pk_clarifications")),
        sa.UniqueConstraint("question", name=op.f("uq_clarifications_question")),
    )
    op.create_index(op.f("ix_clarifications_region"), "clarifications", ["region"], unique=False)


def _bidders() -> None:
    op.create_table(
        "bid_confirmations",
        sa.Column("bid", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("version > 1", name=op.f("ck_bid_confirmations_version_follows")),
        sa.ForeignKeyConstraint(["bid"], ["bids.id"], name=op.f("fk_bid_confirmations_bid_bids")),
        sa.PrimaryKeyConstraint("bid", "version", name=op.f("pk_bid_confirmations")),
    )
    op.create_index(op.f("ix_bid_confirmations_region"), "bid_confirmations", ["region"], unique=False)
    op.create_table(
        "document_subscriptions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("tag", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "(organisation IS NULL) = (address IS NOT NULL)", name=op.f("ck_document_subscriptions_body_or_address")
        ),
        sa.CheckConstraint("(tag IS NULL) = (address IS NULL)", name=op.f("ck_document_subscriptions_address_has_tag")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("fk_document_subscriptions_organisation_organisations")
        ),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_document_subscriptions_section_sections")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_subscriptions")),
    )
    op.create_index(op.f("ix_document_subscriptions_region"), "document_subscriptions", ["region"], unique=False)
    op.create_index(
        "uq_document_subscriptions_body", "document_subscriptions", ["section", "organisation"], unique=True
    )
    op.create_index("uq_document_subscriptions_tag", "document_subscriptions", ["section", "tag"], unique=True)
    op.create_table(
        "subscription_letters",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="queued", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'queued') = (done_at IS NULL)", name=op.f("ck_subscription_letters_done_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'kept', 'failed')", name=op.f("ck_subscription_letters_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["document_subscriptions.id"],
            name=op.f("fk_subscription_letters_subscription_document_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_letters")),
    )
    op.create_index(
        op.f("ix_subscription_letters_subscription"), "subscription_letters", ["subscription"], unique=False
    )
    op.create_index(
        "ix_subscription_letters_waiting",
        "subscription_letters",
        ["queued_at"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_table(
        "document_fetches",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("fk_document_fetches_organisation_organisations")
        ),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_document_fetches_section_sections")),
        sa.PrimaryKeyConstraint("section", "organisation", "sha256", name=op.f("pk_document_fetches")),
    )
    op.create_index(op.f("ix_document_fetches_region"), "document_fetches", ["region"], unique=False)
