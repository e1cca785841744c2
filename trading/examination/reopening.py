"""A judge leaves: the examination is settled anew once the next judge has answered."""

from infra.db.work import Work
from trading.examination.tables import Examination


async def reopen_examination(work: Work, section_id: str) -> None:
    """A judge has left: what that judge answered is void, and the next one examines before the result counts (TBR 48)."""
    found = await work.session.get(Examination, section_id)
    if found is not None and found.reopened_at is None:
        found.reopened_at = work.ctx.now
