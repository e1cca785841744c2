"""Old checkpoints that prove nothing more than their neighbours are dropped, so that an idle log costs its entries alone.

Entries and tiles stay for ever, and with them consistency from every checkpoint that anybody has remembered.
"""

from datetime import timedelta

from sqlalchemy import text

from infra.db.work import Work
from infra.tlog.evidence import QUORUM

KEPT = timedelta(hours=1)
"""For so long every checkpoint may still be co-signed and is kept."""

PRUNE = """
WITH heads AS (
    SELECT size, at, signers,
        max(size) FILTER (WHERE signers >= :quorum)
            OVER (ORDER BY size ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_cosigned,
        max(size) FILTER (WHERE signers >= :quorum) OVER () AS newest_cosigned
    FROM log_checkpoints
), idle AS (
    SELECT size FROM heads
    WHERE at < :before AND size < newest_cosigned AND (
        signers < :quorum
        OR NOT EXISTS (SELECT FROM journal WHERE leaf >= coalesce(last_cosigned, 0) AND leaf < heads.size)
        AND NOT EXISTS (SELECT FROM log_time_tokens WHERE log_time_tokens.size = heads.size)
    )
), signed AS (
    DELETE FROM log_cosignatures USING idle WHERE log_cosignatures.size = idle.size
), gone AS (
    DELETE FROM log_checkpoints USING idle WHERE log_checkpoints.size = idle.size RETURNING 1
)
SELECT count(*) FROM gone
"""


async def prune(work: Work, kept: timedelta = KEPT) -> int:
    """Drop what is older than `kept` and serves nothing; returns how many checkpoints went.

    Kept are the first co-signed checkpoint above each event (its evidence and time proof), those with a time token, the
    newest co-signed one and all after it. One without a quorum goes once a later one has it.
    """
    facts = {"before": work.ctx.now - kept, "quorum": QUORUM}
    count: int = (await work.session.execute(text(PRUNE), facts)).scalar_one()
    return count
