"""Lotteries with a public list 公开抽签: who takes part, what was promised, what came out, recomputed in the page."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath

from expertpool.lotteries.queries import PAGE, Attempt, attempts_of, file_of, lotteries, lottery_of
from expertpool.lotteries.states import LotteryState
from infra.kernel.canonical import canonical
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from web.i18n import N_, catalogue
from web.problems import explain, sentences
from web.public.section_view import BODIES
from web.render import page
from web.state import Stack
from web.visit import Visit

PUBLIC = {"audience": "public"}
LONGEST = 100
STATES = {
    LotteryState.OPEN: N_("list being written"),
    LotteryState.FROZEN: N_("list frozen"),
    LotteryState.COMMITTED: N_("commitments complete"),
    LotteryState.REVEALED: N_("drawn"),
    LotteryState.FAILED: N_("failed"),
}
TONES = {LotteryState.REVEALED: " tag--ok", LotteryState.FAILED: " tag--bad"}
SHOWN = tuple(one for one in LotteryState if one is not LotteryState.OPEN)
LEAVES = {
    Event.LOTTERY_FROZEN: N_("list frozen"),
    Event.LOTTERY_COMMITTED: N_("commitments complete"),
    Event.LOTTERY_REVEALED: N_("drawn"),
    Event.LOTTERY_FAILED: N_("failed"),
}


@get("/lotteries", opt=PUBLIC)
async def listed(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Every lottery whose list was frozen, the newest first: `?q=&state=&page=`."""
    async with stack.database.reading() as session:
        facts = await page_of(session, visit, SHOWN)
    return page(visit, "public/lotteries.html", demo=stack.demo, **facts)


@get("/lotteries/{lottery:str}", opt=PUBLIC)
async def one_lottery(
    lottery: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One lottery with all its attempts; `page.unknown` while its list is being written."""
    async with stack.database.reading() as session:
        found = await lottery_of(session, lottery)
        attempts = await attempts_of(session, found)
    return page(visit, "public/lottery.html", demo=stack.demo, **facts_of(visit, attempts), lottery=found)


@get("/lotteries/{lottery:str}/{name:str}", opt=PUBLIC)
async def file(lottery: FromPath[str], name: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """`lottery-<n>.json`: an attempt's file, the entries with every salt, the whole evidence once it is drawn."""
    async with stack.database.reading() as session:
        found = await lottery_of(session, lottery)
        attempts = {f"lottery-{one.row.number}.json": one.row for one in await attempts_of(session, found)}
        if name not in attempts:
            raise Problem("page.unknown", path=f"/lotteries/{lottery}/{name[:40]}")
        told = attempts[name].told or canonical(file_of(attempts[name]))
    return Response(
        told, media_type=MediaType.JSON, headers={"Content-Disposition": f'attachment; filename="{lottery}-{name}"'}
    )


async def page_of(
    session: Any, visit: Visit, states: tuple[LotteryState, ...], *, drafts: bool = False
) -> dict[str, Any]:
    """What a list of lotteries shows, filtered and paged by the address."""
    asked = dict(visit.asked)
    words, state, number = asked.get("q", "")[:LONGEST], asked.get("state", ""), asked.get("page", "1")
    turn = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    state = state if state in states else ""
    found = await lotteries(session, words=words.replace("\0", ""), state=state, page=turn, drafts=drafts)
    return {
        "found": found, "words": words, "state": state, "turn": turn, "pages": -(-found.total // PAGE) or 1,
        "state_words": {one: STATES[one] for one in states}, "tones": TONES,
    }  # fmt: skip


def facts_of(visit: Visit, attempts: list[Attempt]) -> dict[str, Any]:
    """What every page of one lottery shows of its attempts."""
    return {
        "attempts": attempts, "state_words": STATES, "tones": TONES, "bodies": BODIES, "leaf_words": LEAVES,
        "why": {one.row.number: _why(visit, one) for one in attempts if one.row.failed_why},
        "running": bool(attempts) and attempts[0].row.state in (LotteryState.FROZEN, LotteryState.COMMITTED),
    }  # fmt: skip


def _why(visit: Visit, attempt: Attempt) -> str:
    """In a sentence, why an attempt failed."""
    reason, party = attempt.row.failed_why or "", attempt.row.failed_party or ""
    if reason not in sentences():
        return reason
    named = catalogue(visit.language).gettext(BODIES[party]) if party in BODIES else party
    return explain(Problem(reason, party=named, draw_id=attempt.row.id), visit.language)[1]


HANDLERS = [listed, one_lottery, file]
