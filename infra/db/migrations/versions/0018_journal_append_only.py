"""The journal's lines are never changed: the sequencer alone gives a waiting line its leaf, once."""

from alembic import op

revision = "0018"
down_revision = "0015"

WRITTEN = "id, at, event, actor, role, address, subject, section, region, facts, salt, link_salt"
SEQUENCED = "leaf, number, previous, entry, preimage"

# By columns, so that the sequencer's thousands of rows a second call no function.
APPEND_ONLY = (
    f"CREATE TRIGGER append_only BEFORE UPDATE OF {WRITTEN} ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    f"CREATE TRIGGER sequenced_once BEFORE UPDATE OF {SEQUENCED} ON journal FOR EACH ROW "
    "WHEN (OLD.leaf IS NOT NULL OR OLD.salt IS NULL OR NEW.leaf IS NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER never_deleted BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    """Forward."""
    for statement in APPEND_ONLY:
        op.execute(statement)
