"""What follows wherever a section fails: the failure is published with its ground, and the evidence is sealed."""

from typing import Any

from expertpool.invitations.actions import CALL_OFF
from infra.db.work import Work
from infra.jobs import enqueue
from trading.clarifications.subscribing import FORGET
from trading.notices.actions import publish_notice
from trading.notices.kinds import NoticeKind
from trading.sections.queries import category_of
from trading.sections.tables import Section


async def announce_failure(work: Work, section: Section, *, bids: int, source: str, **facts: Any) -> None:
    """Publish the notice of failure 流标公告 of a section whose `failed_why` is set; `bids` are those that were left."""
    await publish_notice(
        work,
        kind=NoticeKind.FAILED,
        category=category_of(section),
        title=f"{section.title}流标公告",
        project=section.title,
        section=section.id,
        region=section.region,
        facts={"reason": section.failed_why, "bids": bids, "source": source, **facts},
    )
    await enqueue(work, FORGET, section=section.id)
    await enqueue(work, CALL_OFF, section=section.id)
    await enqueue(work, "archive", section=section.id)
