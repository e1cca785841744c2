"""The receipt 投标回执 `receipt/v1`: proof, checkable offline, that a bid was accepted (or withdrawn) and when."""

from typing import Any

from infra.db.work import Database
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from infra.tlog import evidence, proof, store
from trading.bidding.wire import RECEIPT

# Everything but the audit path: the line and the first checkpoint over it that enough trustees have co-signed.
FIND = """
SELECT bid.section, bid.digest, bid.last_line, line.leaf, line.salt, line.preimage, signed.size AS covered,
       signed.note || (
           SELECT string_agg(line, '' ORDER BY trustee) FROM log_cosignatures WHERE size = signed.size
       ) AS note,
       ARRAY(SELECT part FROM bid_parts WHERE bid = $1 ORDER BY part) AS parts,
       ARRAY(SELECT size FROM bid_parts WHERE bid = $1 ORDER BY part) AS sizes,
       ARRAY(SELECT root FROM bid_parts WHERE bid = $1 ORDER BY part) AS roots
FROM bids AS bid
LEFT JOIN journal AS line ON line.id = bid.last_line
LEFT JOIN LATERAL (
    SELECT size, note FROM log_checkpoints WHERE size > line.leaf AND signers >= $3 ORDER BY size LIMIT 1
) AS signed ON true
WHERE bid.id = $1 AND bid.bidder = $2
"""


async def find_receipt(database: Database, actor: Actor, bid_id: str) -> dict[str, Any] | None:
    """The receipt for the last thing that happened to one's own bid; None until the log is co-signed over it.

    It tells nothing of other bids: the leaf's number in its section stays hidden behind `link` until the closing.
    `bid.unknown`, `bid.not-submitted`.
    """
    async with database.bare() as connection:
        row = await connection.fetchrow(FIND, bid_id, actor.organisation, evidence.QUORUM)
        if row is None:
            raise Problem("bid.unknown", bid=bid_id)
        if row["last_line"] is None:
            raise Problem("bid.not-submitted", bid=bid_id)
        if row["note"] is None:
            return None
        path = await store.prove_inclusion_bare(connection, row["leaf"], row["covered"])
    listed = zip(row["parts"], row["sizes"], row["roots"], strict=True)
    return {
        "format": RECEIPT,
        "section": row["section"],
        "bid": bid_id,
        "manifest": b64(row["digest"]),
        "parts": [{"part": part, "size": size, "root": b64(root)} for part, size, root in listed],
        "event": row["preimage"],
        "salt": b64(row["salt"]),
        "proof": proof.format_proof(proof.Proof(row["leaf"], tuple(path), row["note"])),
    }
