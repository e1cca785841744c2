"""The workbench of whoever audits: where to begin."""

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from trading.audit.reads import ReadSearch, find_reads
from web.desk.todo import Step
from web.i18n import N_


async def first_steps(session: AsyncSession, actor: Actor) -> list[Step]:
    """The way into the audit view, for somebody who has never searched; done once anything was."""
    seen = await find_reads(session, ReadSearch(actor=actor.id, size=1))
    done = bool(seen.lines)
    return [
        Step(N_("Look at a section from end to end"), "/audit/sections", done),
        Step(N_("Search the journal; your searches are recorded"), "/audit", done),
        Step(N_("See who read what is sealed or personal"), "/audit/reads", done),
        Step(N_("Check that both logs go on and are whole"), "/audit/health", done),
    ]
