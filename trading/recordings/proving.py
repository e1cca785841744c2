"""Proving single entries of a stream against the heads that the public log told."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.recordings.export import published
from trading.recordings.ledger import Head, begin, prove
from trading.recordings.queries import rows_of
from trading.recordings.tables import Recording, RecordingStream


async def proof_of(session: AsyncSession, recording: Recording, stream: RecordingStream, seq: int) -> dict[str, Any]:
    """The proof of entry `seq` up to the first logged head that follows it, and that head (`trading.recordings.ledger.proven`).

    `recording.part-unknown` where there is no such entry, `recording.not-logged` where no head after it is logged yet.
    """
    if not 0 < seq <= stream.entries:
        raise Problem("recording.part-unknown", seq=seq)
    told = await published(session, recording.id)
    heads = [one for one in told["heads"] if one["stream"] == stream.id and one["entries"] >= seq]
    if not heads:
        raise Problem("recording.not-logged", seq=seq)
    head = min(heads, key=lambda one: int(one["entries"]))
    rows = await rows_of(session, stream.id, max(1, seq - 1), head["entries"])
    start = begin(stream.header) if seq == 1 else Head(seq - 1, rows[0].chain)
    return {"proof": prove(rows if seq == 1 else rows[1:], seq, start), "head": head}
