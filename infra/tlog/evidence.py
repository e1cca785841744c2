"""What a party is given about one journal line: event, salt, place, audit path and a co-signed checkpoint."""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, literal, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.tlog import store
from infra.tlog.proof import Proof, format_proof
from infra.tlog.tables import Checkpoint, Cosignature

QUORUM = 2
"""How many of the three trustees must have co-signed a checkpoint before anything rests on it."""

ADD = """
WITH added AS (
    INSERT INTO log_cosignatures (size, trustee, at, line)
    SELECT size, :trustee, CAST(:at AS timestamptz), :line FROM log_checkpoints WHERE size = :size
    ON CONFLICT DO NOTHING RETURNING size
)
UPDATE log_checkpoints SET signers = signers + 1 FROM added WHERE log_checkpoints.size = added.size
"""


async def latest(session: AsyncSession, signers: int = 0) -> Checkpoint | None:
    """The newest checkpoint that at least `signers` trustees have co-signed."""
    newest = select(Checkpoint).where(Checkpoint.signers >= signers).order_by(Checkpoint.size.desc()).limit(1)
    return (await session.execute(newest)).scalar_one_or_none()


def cosigned_lines() -> ScalarSelect[str]:
    """For a query of checkpoints: the co-signature lines of each, one behind the other as in `cosigned_note`."""
    lines = func.string_agg(Cosignature.line, aggregate_order_by(literal(""), Cosignature.trustee))
    return select(lines).where(Cosignature.size == Checkpoint.size).correlate(Checkpoint).scalar_subquery()


async def cosigned_note(session: AsyncSession, checkpoint: Checkpoint) -> str:
    """The checkpoint's signed note with every co-signature gathered so far, in order of the trustees' names."""
    lines = select(Cosignature.line).where(Cosignature.size == checkpoint.size).order_by(Cosignature.trustee)
    return checkpoint.note + "".join((await session.execute(lines)).scalars())


async def evidence(
    session: AsyncSession, line: Line, signers: int = QUORUM, earliest: datetime | None = None
) -> dict[str, Any] | None:
    """Proof of one line in the first checkpoint co-signed by `signers` (all dated `earliest` or later), or None as yet."""
    if line.leaf is None or line.salt is None:
        return None
    fitting = select(Checkpoint).where(Checkpoint.size > line.leaf, Checkpoint.signers >= signers)
    if earliest is not None:
        # A trustee's clock may lag behind ours: what counts is the time it signed, to the whole second.
        since = select(func.count()).where(Cosignature.size == Checkpoint.size, Cosignature.at >= earliest)
        fitting = fitting.where(Checkpoint.at >= earliest, since.scalar_subquery() >= signers)
    checkpoint = (await session.execute(fitting.order_by(Checkpoint.size).limit(1))).scalar_one_or_none()
    return None if checkpoint is None else await proof_under(session, line, checkpoint)


async def proof_under(session: AsyncSession, line: Line, checkpoint: Checkpoint) -> dict[str, Any]:
    """Proof of a sequenced line under one given checkpoint."""
    assert line.leaf is not None and line.salt is not None
    path = await store.prove_inclusion(session, line.leaf, checkpoint.size)
    proof = Proof(line.leaf, tuple(path), await cosigned_note(session, checkpoint))
    return {"event": line.preimage, "salt": b64(line.salt), "proof": format_proof(proof)}


async def add_cosignature(session: AsyncSession, size: int, trustee: str, at: datetime, line: str) -> None:
    """Keep a verified co-signature line and count its signer; a second one of the same trustee changes nothing."""
    await session.execute(text(ADD), {"size": size, "trustee": trustee, "at": at, "line": line})
