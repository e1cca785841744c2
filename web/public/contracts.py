"""Contract and delivery of a section, and the auctions' spectator page: what is public of them today."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from trading.contracts.queries import milestones_of
from trading.notices.kinds import NoticeKind
from trading.publication.queries import dossier
from web.public.milestones import told_milestones
from web.public.notice_facts import told_facts
from web.public.section_view import head, notice_of, regime_of
from web.render import page
from web.state import Stack
from web.visit import Visit

PUBLIC = {"audience": "public"}


@get("/sections/{tender:str}/{section:str}/contract", opt=PUBLIC)
async def contract(
    tender: FromPath[str], section: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The award and, once signed and published, the contract with its changes and payments."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{section}")
        milestones = await milestones_of(session, found.section.id)
    return page(
        visit,
        "public/contract.html",
        demo=stack.demo,
        found=found,
        section=found.section,
        head=head(visit, found),
        regime=regime_of(found),
        award=notice_of(found, NoticeKind.AWARD),
        milestones=told_milestones(milestones, visit.now),
        contracts=[(one, told_facts(visit, one)) for one in found.notices if one.kind == NoticeKind.CONTRACT],
    )


@get("/auctions", opt=PUBLIC)
async def auctions(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Auctions to watch: none run on this platform yet, and the page says so."""
    return page(visit, "public/auctions.html", demo=stack.demo)


HANDLERS = [contract, auctions]
