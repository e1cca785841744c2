"""Taking in what another pool drew: the file is sealed as it came, unread; only its hash and its origin can be checked."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.external.tables import ExternalList
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

LABEL = "external expert list"
LARGEST = 16 << 20
LONGEST_SOURCE, MOST = 200, 99


async def take_sealed_list(
    work: Work, keys: KeyService, section: str, source: str, data: bytes, experts: int
) -> ExternalList:
    """Keep the list that a provincial pool 综合专家库 gave for a section; who stands in it is not looked at.

    The caller knows that the section exists. `external.file`, `.source`, `.count`, `.known` for the same file again.
    """
    require(work.ctx.actor, "expert.import")
    if not 0 < len(data) <= LARGEST:
        raise Problem("external.file", most=LARGEST >> 20)
    if not is_written(source, LONGEST_SOURCE):
        raise Problem("external.source", longest=LONGEST_SOURCE)
    if not 1 <= experts <= MOST:
        raise Problem("external.count")
    digest = sha256(data).digest()
    known = select(ExternalList.id).where(ExternalList.section == section, ExternalList.digest == digest)
    if await work.session.scalar(known):
        raise Problem("external.known")
    list_id = work.ctx.new_id("external")
    taken = ExternalList(
        id=list_id,
        region=work.ctx.actor.region,
        section=section,
        source=source.strip(),
        sealed=keys.wrap(LABEL, list_id, data, work.ctx.random),
        digest=digest,
        experts=experts,
        taken_by=work.ctx.actor.id,
        taken_at=work.ctx.now,
    )
    work.session.add(taken)
    # Without the section: that another pool drew is public at once, whom it drew is not.
    work.record(Event.EXTERNAL_LIST_TAKEN, list_id, region=taken.region, digest=digest.hex(), experts=experts)
    await work.session.flush()
    return taken


async def external_lists(session: AsyncSession, section: str | None = None) -> Sequence[ExternalList]:
    """Of a section, or the newest hundred of all: such a draw cannot be recomputed here, only its hash compared."""
    found = select(ExternalList).order_by(ExternalList.taken_at.desc()).limit(100)
    return (await session.scalars(found if section is None else found.where(ExternalList.section == section))).all()
