"""The end of a publication: where the rule set sets one, what is public of a section is taken down, and the log keeps a digest.

The archive, the log's leaves and the evidence stay: the parties, the centre and supervising bodies read on.
"""

from datetime import datetime

from sqlalchemy import select, update

from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import unb64
from infra.kernel.events import Event
from infra.timers import schedule
from trading.handover.queries import ended_at
from trading.notices.tables import Notice
from trading.publication.rules import term_end
from trading.regimes.regime import Regime
from trading.sections.actions import stamp
from trading.sections.queries import lock_section

ENDING = "publication.end"


async def begin_term(work: Work, section_id: str, regime: Regime) -> datetime | None:
    """Once the evidence is sealed: note until when the section is public, and let it end then. None: it stays public."""
    section = await lock_section(work.session, section_id)
    ended = await ended_at(work.session, section)
    until = None if ended is None else term_end(regime, ended)
    if until is None or section.public_until is not None:
        return section.public_until
    section.public_until = until
    await schedule(work, until, ENDING, section_id)
    return until


async def take_down(work: Work, section_id: str) -> None:
    """The effect of the term's last instant; the digest is that of the evidence's index, which the log has already.

    Its notices leave every list in the same transaction. Nothing happens twice, nor before the evidence is sealed.
    """
    section = await lock_section(work.session, section_id)
    if section.public_until is None or section.taken_down_at is not None or section.public_until > await work.clock():
        return
    wanted = select(Line.facts).where(Line.section == section_id, Line.event == Event.SECTION_ARCHIVED)
    sealed = (await work.session.execute(wanted)).scalar_one_or_none()
    if sealed is None or section.evidence is None:
        return
    section.taken_down_at, section.taken_down_digest = work.ctx.now, unb64(sealed["index"], 32)
    current = update(Notice).where(Notice.section == section_id, Notice.superseded_at.is_(None))
    await work.session.execute(current.values(superseded_at=work.ctx.now))
    work.record(
        Event.PUBLICATION_TAKEN_DOWN, section_id, section=section_id, region=section.region,
        index=sealed["index"], until=stamp(section.public_until),
    )  # fmt: skip
