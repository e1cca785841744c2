"""What every public page of a section has in common: its head, and how it is kept."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from trading.invited.queries import require_invited
from trading.publication.queries import Dossier, acts_after_closing, dossier
from trading.sections.queries import public_section
from web.public.desk import Desk
from web.public.results import GROUPS
from web.public.section_view import BODIES, TIES, full_marks, head, percent, regime_of
from web.render import PageResponse, page
from web.visit import Visit

T = TypeVar("T")
SECONDS = 1.0
"""How old a section's page may be in what no journal line tells of: places in the log, signatures of trustees."""


async def kept_section(
    desk: Desk,
    section: str,
    read: Callable[[AsyncSession, Dossier], Awaitable[list[T]]],
    show: Callable[[Dossier, list[T]], Awaitable[PageResponse]],
) -> Response[bytes]:
    """A section's page, never older than the notices and, once it is closed, than its last journal line."""
    database = desk.stack.database

    async def make(_: Any) -> PageResponse:
        async with database.reading() as session:
            found = await dossier(session, section)
            more = await read(session, found)
        return await show(found, more)

    version = (await acts_after_closing(database.engine, section), await desk.kept.version())
    return await desk.kept.page_of(desk.request, desk.visit, version, make, SECONDS)


async def kept_document(
    desk: Desk,
    section: str,
    read: Callable[[AsyncSession, Dossier], Awaitable[list[T]]],
    show: Callable[[Dossier, list[T]], Awaitable[PageResponse]],
) -> Response[bytes]:
    """`kept_section` of a page that tells what the tender document says: of an invited tender for those invited alone."""
    async with desk.stack.database.reading() as session:
        await require_invited(session, desk.visit.actor, await public_section(session, section))
    return await kept_section(desk, section, read, show)


def section_page(visit: Visit, demo: bool, found: Dossier, template: str, **facts: Any) -> PageResponse:
    """A page of a dossier under the section's head."""
    return page(
        visit,
        template,
        demo=demo,
        found=found,
        section=found.section,
        head=head(visit, found),
        regime=regime_of(found),
        method=found.document.method,
        bodies=BODIES,
        groups=GROUPS,
        tie_names=TIES,
        percent=percent,
        full_marks=full_marks(found.document.method),
        **facts,
    )
