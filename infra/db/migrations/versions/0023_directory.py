"""Directory of the pool: professions, reach and tallies kept by the database, employers, leave, imports, other pools' lists."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0023"
down_revision = "0022"

REGIONAL = (
    "absences",
    "expert_imports",
    "expert_reach",
    "external_lists",
    "import_lines",
    "reach_tallies",
    "reach_totals",
)

SHIPPED = (
    ("A", "工程", "Works"),
    ("B", "货物", "Goods"),
    ("C", "服务", "Services"),
    ("A01", "规划", "Planning"),
    ("A02", "投资策划与决策", "Investment decision"),
    ("A03", "勘察", "Survey"),
    ("A04", "设计", "Design"),
    ("A05", "监理", "Supervision of works"),
    ("A06", "造价", "Cost"),
    ("A07", "项目管理", "Project management"),
    ("A08", "施工", "Construction works"),
)
"""发改法规〔2018〕316号: the classes, and the second levels of works."""

LEVELS = (1, 3, 5, 7, 16)

_FACTS = "(came.specialties, came.region, came.employer, came.state, came.available, came.title)"
_CHANGED = f"{_FACTS} IS DISTINCT FROM {_FACTS.replace('came', 'gone')}"
_ROWS = {
    "insert": "SELECT 1 AS sign, came.* FROM came",
    "delete": "SELECT -1 AS sign, gone.* FROM gone",
    "update": (
        f"SELECT 1 AS sign, came.* FROM came JOIN gone USING (id) WHERE {_CHANGED} UNION ALL "
        f"SELECT -1 AS sign, gone.* FROM came JOIN gone USING (id) WHERE {_CHANGED}"
    ),
}
_TABLES = {
    "insert": "NEW TABLE AS came",
    "delete": "OLD TABLE AS gone",
    "update": "NEW TABLE AS came OLD TABLE AS gone",
}

PROFESSIONS = f"""
CREATE OR REPLACE FUNCTION reaching(specialties text[]) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
SELECT DISTINCT left(one, level) FROM unnest(specialties) one, unnest(ARRAY[{", ".join(map(str, LEVELS))}]) level
$$"""


def _function(verb: str) -> str:
    """Regions above the actor's own are counted too, so for this while the transaction is not confined to one."""
    return f"""
CREATE OR REPLACE FUNCTION reach_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE confined text := coalesce(current_setting('openhall.region', true), '');
BEGIN
PERFORM set_config('openhall.region', '', true);
DELETE FROM expert_reach kept USING ({_ROWS[verb]}) one
WHERE one.sign < 0 AND kept.expert = one.id;
INSERT INTO expert_reach (profession, region, expert, state, available, title)
SELECT profession, one.region, one.id, one.state, one.available, one.title
FROM ({_ROWS[verb]}) one, reaching(one.specialties::text[]) profession WHERE one.sign > 0;
WITH changes AS (
    SELECT profession, left(one.region, digits) AS region, coalesce(one.employer, one.id) AS body, sum(sign) AS experts
    FROM ({_ROWS[verb]}) one, reaching(one.specialties::text[]) profession, unnest(ARRAY[2, 4, 6]) digits
    WHERE one.available AND one.state = 'active' AND length(profession) > 1
    GROUP BY 1, 2, 3 HAVING sum(sign) <> 0
), tallied AS (
    INSERT INTO reach_tallies AS kept (profession, region, body, experts)
    SELECT profession, region, body, experts FROM changes ORDER BY 1, 2, 3
    ON CONFLICT (profession, region, body) DO UPDATE SET experts = kept.experts + excluded.experts
    RETURNING kept.profession, kept.region, kept.body, kept.experts
)
INSERT INTO reach_totals AS kept (profession, region, experts, bodies)
SELECT profession, region, sum(changes.experts),
    count(*) FILTER (WHERE tallied.experts = changes.experts) - count(*) FILTER (WHERE tallied.experts = 0)
FROM tallied JOIN changes USING (profession, region, body) GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (profession, region) DO UPDATE
SET experts = kept.experts + excluded.experts, bodies = kept.bodies + excluded.bodies;
PERFORM set_config('openhall.region', confined, true);
RETURN NULL;
END $$"""


REACHING = (
    PROFESSIONS,
    *(
        statement
        for verb in _ROWS
        for statement in (
            _function(verb),
            f"CREATE TRIGGER reach_{verb} AFTER {verb.upper()} ON experts REFERENCING {_TABLES[verb]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION reach_{verb}()",
        )
    ),
)
FILL = (
    """
INSERT INTO expert_reach (profession, region, expert, state, available, title)
SELECT profession, one.region, one.id, one.state, one.available, one.title
FROM experts one, reaching(one.specialties::text[]) profession""",
    """
INSERT INTO reach_tallies (profession, region, body, experts)
SELECT profession, left(one.region, digits), coalesce(one.employer, one.id), count(*)
FROM experts one, reaching(one.specialties::text[]) profession, unnest(ARRAY[2, 4, 6]) digits
WHERE one.available AND one.state = 'active' AND length(profession) > 1 GROUP BY 1, 2, 3""",
    """
INSERT INTO reach_totals (profession, region, experts, bodies)
SELECT profession, region, sum(experts), count(*) FROM reach_tallies GROUP BY 1, 2""",
)
"""Experts who were in the pool before."""


def upgrade() -> None:
    """Forward."""
    _professions()
    _reach()
    _employers()
    _imports()
    _indexes()
    for statement in (*REACHING, *FILL, *(one for table in REGIONAL for one in policies(table))):
        op.execute(statement)


def _professions() -> None:
    table = op.create_table(
        "professions",
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("parent", sa.String(length=9), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.Date(), nullable=True),
        sa.CheckConstraint("parent IS NULL OR starts_with(code, parent)", name=op.f("ck_professions_below_parent")),
        sa.ForeignKeyConstraint(["parent"], ["professions.code"], name=op.f("fk_professions_parent_professions")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_professions")),
    )
    shipped = {"source": "发改法规〔2018〕316号", "valid_from": date(2018, 1, 1)}
    above = {code: code[:1] if len(code) > 1 else None for code, _, _ in SHIPPED}
    op.bulk_insert(
        table,
        [{"code": one, "parent": above[one], "name_zh": zh, "name_en": en, **shipped} for one, zh, en in SHIPPED],
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("expert"), "="), (sa.column("during"), "&&"), using="gist", name="ex_absences_overlap"
        ),
        sa.CheckConstraint("kind IN ('leave', 'busy')", name=op.f("ck_absences_kind_known")),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name=op.f("ck_absences_bounded")
        ),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_absences_expert_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_during", "absences", ["during"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_absences_region"), "absences", ["region"], unique=False)


def _reach() -> None:
    op.create_table(
        "expert_reach",
        sa.Column("profession", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint(
            "profession",
            "region",
            "expert",
            name=op.f("pk_expert_reach"),
            postgresql_include=["state", "available", "title"],
        ),
    )
    op.create_index("ix_expert_reach_expert", "expert_reach", ["expert"], unique=False)
    op.create_index(
        "ix_expert_reach_other",
        "expert_reach",
        ["profession", "state", "region", "expert"],
        postgresql_where="state <> 'active'",
        postgresql_include=["title"],
    )
    op.create_index(
        "ix_expert_reach_title",
        "expert_reach",
        ["profession", "title", "region", "expert"],
        postgresql_include=["state"],
    )
    op.create_table(
        "reach_tallies",
        sa.Column("profession", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("experts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("profession", "region", "body", name=op.f("pk_reach_tallies")),
    )
    op.create_table(
        "reach_totals",
        sa.Column("profession", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("experts", sa.BigInteger(), nullable=False),
        sa.Column("bodies", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("profession", "region", name=op.f("pk_reach_totals")),
    )


def _employers() -> None:
    op.create_table(
        "employers",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_employers_named")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_employers")),
    )
    op.create_index("ix_employers_search", "employers", ["search"], unique=False, postgresql_using="gin")
    op.create_table(
        "employer_changes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("old", sa.String(length=18), nullable=False),
        sa.Column("new", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'merged') = (old <> new)", name=op.f("ck_employer_changes_merged_into_another")),
        sa.CheckConstraint("kind IN ('renamed', 'merged')", name=op.f("ck_employer_changes_kind_known")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_employer_changes_reasoned")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_changes")),
    )
    op.create_index(op.f("ix_employer_changes_old"), "employer_changes", ["old"], unique=False)


def _imports() -> None:
    op.create_table(
        "expert_imports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("released_by", sa.String(length=160), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_expert_imports_digest_length")),
        sa.CheckConstraint("released_by <> by OR by = 'system'", name=op.f("ck_expert_imports_two_people")),
        sa.CheckConstraint(
            "finished_at IS NULL OR (done = lines AND sealed IS NULL)", name=op.f("ck_expert_imports_finished_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_imports")),
        sa.UniqueConstraint("region", "digest", name=op.f("uq_expert_imports_region_digest")),
    )
    op.create_index(op.f("ix_expert_imports_region"), "expert_imports", ["region"], unique=False)
    op.create_table(
        "import_lines",
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["file"], ["expert_imports.id"], name=op.f("fk_import_lines_file_expert_imports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file", "line", name=op.f("pk_import_lines")),
    )
    op.create_index(op.f("ix_import_lines_region"), "import_lines", ["region"], unique=False)
    op.create_table(
        "external_lists",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("experts", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(length=160), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("source <> ''", name=op.f("ck_external_lists_sourced")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_external_lists_digest_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_lists")),
    )
    op.create_index(op.f("ix_external_lists_region"), "external_lists", ["region"], unique=False)
    op.create_index(op.f("ix_external_lists_section"), "external_lists", ["section"], unique=False)


def _indexes() -> None:
    facts = ["state", "title"]
    op.create_index("ix_experts_list", "experts", ["region", "id"], postgresql_include=facts)
    op.create_index("ix_experts_title", "experts", ["title", "region", "id"], postgresql_include=["state"])
    op.create_index("ix_experts_entered", "experts", ["entered_at", "id"], postgresql_include=["region", *facts])
    op.create_index(
        "ix_experts_other_entered",
        "experts",
        ["state", "entered_at", "id"],
        postgresql_where="state <> 'active'",
        postgresql_include=["region", "title"],
    )
    op.create_index("ix_experts_of_employer", "experts", ["employer", "region", "id"])
    op.create_index(
        "ix_experts_other",
        "experts",
        ["state", "region", "id"],
        postgresql_where="state <> 'active'",
        postgresql_include=["title"],
    )
