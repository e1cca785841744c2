"""What bidders do so that their bids open after all, and how a test ends a limited time of an opening."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from envelopes import Envelope, an_envelope, plaintexts, start, upload
from scenes import LEGAL_WAIT, Hall
from sqlalchemy import func, select, text, update

from infra.db.work import Work
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from trading.bidding.actions import hand_in
from trading.bidding.rehearsing import record_rehearsal
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import BUCKET, block_key
from trading.opening.factors import give_factor
from trading.opening.remedies import give_remedy
from trading.opening.tables import BidOpening, OpeningWindow, Remedy
from trading.opening.windows import close_factor_window, end_remedy, pass_release_limit
from trading.regimes.regime import Rule
from trading.regimes.rules import DEMONSTRATION
from trading.sections.tables import Section
from web.demo import cast

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1
"""
EFFECTS: dict[str, Callable[[Work, str], Awaitable[None]]] = {
    "factor": close_factor_window,
    "release": pass_release_limit,
    "second-release": pass_release_limit,
}


async def options(hall: Hall, section: str, *, bidder_factor: bool, remedy: bool) -> None:
    """What a section's document asks of its bidders and permits them."""
    async with hall.database.work(SYSTEM) as work:
        told = update(Section).where(Section.id == section).values(bidder_factor=bidder_factor, remedy=remedy)
        await work.session.execute(told)


async def tenders_that(hall: Hall, seconds: float, *asked: Mapping[str, bool]) -> list[str]:
    """Published sections that end at one instant, one for each set of options, which its notice tells."""
    sections = [await hall._a_document(cast.METHOD) for _ in asked]
    for section, one in zip(sections, asked, strict=True):
        await options(hall, section, **{"bidder_factor": False, "remedy": False, **one})
    await hall._keysets(sections, max(seconds * hall.pace, LEGAL_WAIT + (0.4 + 0.2 * len(asked)) * hall.pace))
    for section in sections:
        await hall.publish(section)
    return sections


async def handed_in(
    hall: Hall, section: str, login: str, factor: bytes | None, envelope: Envelope | None = None
) -> tuple[str, Envelope]:
    """A bid that stands, its kit rehearsed."""
    envelope = envelope or await an_envelope(hall, section, login, factor)
    bid = await start(hall, login, envelope)
    await upload(hall, login, bid.id, envelope)
    async with hall.database.work(hall.actor(login)) as work:
        await record_rehearsal(work, section, envelope.manifest.digest)
    await hand_in(hall.database, hall.actor(login), bid.id)
    return bid.id, envelope


async def give(hall: Hall, login: str, bid: str, factor: bytes) -> None:
    await give_factor(hall.database, hall.objects, hall.keys, hall.actor(login), bid, factor)


async def show(hall: Hall, login: str, bid: str, envelope: Envelope, part: str, data: bytes | None = None) -> None:
    """The part in plain, in pieces as they come over the wire."""
    plain = plaintexts(login)[part] if data is None else data

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(plain), 1 << 20):
            yield plain[at : at + (1 << 20)]

    salt = envelope.salts[part]
    await give_remedy(hall.database, hall.objects, hall.keys, hall.actor(login), bid, part, salt, pieces())


async def refusal(call: Awaitable[object]) -> Problem:
    """What a call is refused with."""
    try:
        await call
    except Problem as problem:
        return problem
    raise AssertionError("nothing was refused")


async def end_window(hall: Hall, section: str, kind: str) -> None:
    """Let a window end now, and do what follows at its end."""
    async with hall.database.work(SYSTEM) as work:
        which = (OpeningWindow.section == section, OpeningWindow.kind == kind)
        await work.session.execute(update(OpeningWindow).where(*which).values(until=func.now()))
    async with hall.database.work(SYSTEM) as work:
        await EFFECTS[kind](work, f"{section}#0")


async def let_remedy_pass(hall: Hall, bid: str) -> None:
    """Let a bid's remedy be over; nobody has looked at it yet."""
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(BidOpening).where(BidOpening.bid == bid).values(remedy_until=func.now()))


async def end_remedy_of(hall: Hall, bid: str) -> None:
    """Let a bid's remedy end now, and do what follows at its end."""
    await let_remedy_pass(hall, bid)
    async with hall.database.work(SYSTEM) as work:
        await end_remedy(work, f"{bid}#0")


async def openings(hall: Hall, section: str) -> dict[str, BidOpening]:
    """How every bid of a section stands in its opening, by login."""
    logins = {body.id: login for login, body in hall.bodies.items()}
    wanted = select(Bid.bidder, BidOpening).join(BidOpening).where(BidOpening.section == section)
    async with hall.database.reading() as session:
        return {logins[bidder]: one for bidder, one in await session.execute(wanted)}


async def windows(hall: Hall, section: str) -> dict[str, OpeningWindow]:
    """A section's windows by kind."""
    async with hall.database.reading() as session:
        rows = await session.scalars(select(OpeningWindow).where(OpeningWindow.section == section))
        return {one.kind: one for one in rows}


async def stored_rows(hall: Hall) -> str:
    """Every row of every table, as text."""
    async with hall.database.reading() as session:
        tables = (await session.execute(text(TABLES))).scalars().all()
        found = [(await session.execute(text(f'SELECT t::text FROM "{one}" t'))).scalars().all() for one in tables]
    return "\n".join(row for rows in found for row in rows)


async def stored_blocks(hall: Hall, bids: list[str]) -> bytes:
    """What the store holds of these bids, as it was sealed and as it was shown."""
    async with hall.database.reading() as session:
        shown = list(await session.scalars(select(Remedy).where(Remedy.bid.in_(bids))))
        sealed = list(await session.scalars(select(BidBlock).where(BidBlock.bid.in_(bids))))
    places = [(one.bid, one.part, number, row["version"]) for one in shown for number, row in enumerate(one.blocks)]
    places += [(one.bid, one.part, one.number, one.version) for one in sealed]
    found = [await hall.objects.get(BUCKET, block_key(*place[:3]), place[3]) for place in places]
    return b"".join(found)


@contextmanager
def short_windows() -> Iterator[None]:
    """A rule set whose limited times are within the verifier's slack, so that a test may end them at once."""
    with pytest.MonkeyPatch.context() as patch:
        for rule in (Rule.KEY_RELEASE_LIMIT, Rule.FACTOR_WINDOW, Rule.REMEDY_WINDOW):
            shorter = DEMONSTRATION.parameter(rule)._replace(value=50)
            patch.setitem(DEMONSTRATION.parameters, rule, shorter)  # type: ignore[arg-type]
        yield
