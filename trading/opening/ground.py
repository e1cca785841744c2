"""What every bid of a section is opened with: released keys, sealed parts, and which steps the journal knows as done."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import PlatformKeys
from infra.crypto.manifest import parse_manifest
from infra.custody.actions import THRESHOLD, signed_keyset
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock
from trading.opening.failing import Logged
from trading.opening.form import FORM
from trading.opening.giving import FACTOR, RELEASE, SECOND_RELEASE, Given, factors_of, over, shown_of, windows_of
from trading.opening.reading import Block, Keys, Sealed
from trading.opening.states import UNPRICED, Stage
from trading.opening.tables import BidOpening
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.envelopes import PRICE
from trading.sections.queries import lock_section
from trading.sections.states import SectionState


@dataclass(frozen=True)
class Ground:
    """A section ready to be opened: its keys, the sealed parts by bid, the minimum of bids, the steps logged as done.

    `permits_remedy` and `remedy_time` are the terms of its document and rule set for bids that do not open.
    """

    section: str
    minimum: int
    keys: Keys
    bids: dict[str, list[Sealed]]
    logged: Logged
    permits_remedy: bool
    remedy_time: timedelta
    two_envelope: bool = False


async def take_ground(
    work: Work,
    platform: PlatformKeys,
    section_id: str,
    states: tuple[SectionState, ...],
    stages: tuple[Stage, ...],
    *,
    forms: bool,
) -> Ground | None:
    """The ground for the bids at these stages, their form or all their files; None if the section is past these states.

    `opening.too-few-keys` before t keys stand released or their limit has passed. A bid whose factor may still be given
    is left out: it waits, and no other waits for it.
    """
    section = await lock_section(work.session, section_id, shared=True)
    if section.state not in states:
        return None
    keyset = await work.session.get_one(Keyset, section.keyset)
    released = await released_keys(work, keyset, platform.opening)
    windows = await windows_of(work.session, section_id)
    enough = len(released) >= THRESHOLD
    if not enough and not over(windows.get(RELEASE)):
        raise Problem("opening.too-few-keys", have=len(released), need=THRESHOLD)
    await _list_bids(work.session, section_id)
    given = Given(
        await factors_of(work.session, platform.service, section_id) if section.bidder_factor else None,
        await shown_of(work.session, platform.service, section_id),
        enough=enough,
        waits=section.bidder_factor and not over(windows.get(FACTOR)),
    )
    bids = await _sealed(work.session, section_id, stages, forms=forms)
    seconds = regime_of(section, work.ctx.mode).count(Rule.REMEDY_WINDOW)
    return Ground(
        section_id,
        keyset.minimum,
        Keys(signed_keyset(keyset), released),
        {bid: ready for bid, parts in bids.items() if (ready := given.ready(bid, parts))},
        await _logged(work.session, section_id, keyset.id),
        section.remedy,
        timedelta(seconds=seconds),
        section.two_envelope,
    )


async def take_price_ground(work: Work, platform: PlatformKeys, section_id: str) -> Ground | None:
    """The ground for the second envelopes 第二信封 of the bids that `technical.locked` lists; None unless they are due.

    `opening.too-few-keys` before t keys of the second keyset stand released or their limit has passed.
    """
    section = await lock_section(work.session, section_id, shared=True)
    if section.state != SectionState.PRICING:
        return None
    keyset = await work.session.get_one(Keyset, section.second_keyset)
    released = await released_keys(work, keyset, platform.opening)
    enough = len(released) >= THRESHOLD
    if not enough and not over((await windows_of(work.session, section_id)).get(SECOND_RELEASE)):
        raise Problem("opening.too-few-keys", have=len(released), need=THRESHOLD)
    listed = await second_list(work.session, section_id)
    given = Given(
        await factors_of(work.session, platform.service, section_id) if section.bidder_factor else None,
        await shown_of(work.session, platform.service, section_id),
        enough=enough,
        waits=False,
    )
    bids = await _second(work.session, list(listed))
    logged = await _released(work.session, section_id, keyset.id)
    return Ground(
        section_id,
        keyset.minimum,
        Keys(signed_keyset(keyset), released),
        {bid: given.ready(bid, [sealed]) for bid, (sealed, _) in bids.items()},
        {(bid, first) for bid, (sealed, first) in bids.items() if logged and listed[bid] == _digest(sealed)},
        section.remedy,
        timedelta(seconds=regime_of(section, work.ctx.mode).count(Rule.REMEDY_WINDOW)),
        section.two_envelope,
    )


async def second_list(session: AsyncSession, section_id: str) -> dict[str, str]:
    """The bids whose second envelopes are to be opened, with the logged hash of what each bidder signed of it (base64)."""
    told = select(Line.facts["bids"]).where(Line.section == section_id, Line.event == Event.TECHNICAL_LOCKED)
    rows = (await session.execute(told)).scalar_one_or_none() or []
    return {row["bid"]: row["manifest"] for row in rows}


async def _second(session: AsyncSession, listed: list[str]) -> dict[str, tuple[Sealed, str]]:
    """By bid that is still to be opened its sealed price, and the hash of its first manifest (base64)."""
    rows = await session.execute(
        select(Bid, BidBlock)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .outerjoin(BidBlock, (BidBlock.bid == Bid.id) & (BidBlock.part == PRICE))
        .where(Bid.id.in_(listed), BidOpening.stage.in_(UNPRICED))
        .order_by(Bid.id, BidBlock.number)
    )
    blocks: dict[str, list[Block]] = {}
    bids: dict[str, Bid] = {}
    for bid, block in rows:
        bids[bid.id] = bid
        blocks.setdefault(bid.id, []).extend([] if block is None else [Block(block.number, block.leaf, block.version)])
    return {
        name: (Sealed(name, PRICE, bid.second_manifest or "", tuple(blocks[name])), b64(bid.digest))
        for name, bid in bids.items()
    }


def _digest(sealed: Sealed) -> str:
    return b64(sha256(sealed.manifest.encode()).digest())


async def _released(session: AsyncSession, section_id: str, keyset: str) -> bool:
    """Whether t keys of a keyset are logged as released."""
    told = select(func.count()).where(
        Line.section == section_id, Line.event == Event.KEY_RELEASED, Line.subject == keyset, Line.salt.is_not(None)
    )
    return (await session.execute(told)).scalar_one() >= THRESHOLD


async def _list_bids(session: AsyncSession, section_id: str) -> None:
    """Every bid of the frozen list begins sealed; a second call changes nothing."""
    listed = select(Bid.id, Bid.section, Bid.region, literal(str(Stage.SEALED))).where(
        Bid.section == section_id, Bid.state == BidState.SUBMITTED
    )
    columns = ["bid", "section", "region", "stage"]
    await session.execute(insert(BidOpening).from_select(columns, listed).on_conflict_do_nothing())


async def _sealed(
    session: AsyncSession, section_id: str, stages: tuple[Stage, ...], *, forms: bool
) -> dict[str, list[Sealed]]:
    wanted = BidBlock.part == FORM if forms else BidBlock.part != FORM
    rows = await session.execute(
        select(Bid.id, Bid.manifest, BidBlock.part, BidBlock.number, BidBlock.leaf, BidBlock.version)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .outerjoin(BidBlock, (BidBlock.bid == Bid.id) & wanted)
        .where(BidOpening.section == section_id, BidOpening.stage.in_(stages))
        .order_by(Bid.id, BidBlock.part, BidBlock.number)
    )
    manifests: dict[str, str] = {}
    blocks: dict[tuple[str, str], list[Block]] = {}
    for bid, manifest, part, number, leaf, version in rows:
        manifests[bid] = manifest
        if part is not None:
            blocks.setdefault((bid, part), []).append(Block(number, leaf, version))
    return {bid: _parts(bid, manifest, blocks, forms=forms) for bid, manifest in manifests.items()}


def _parts(bid: str, manifest: str, blocks: dict[tuple[str, str], list[Block]], *, forms: bool) -> list[Sealed]:
    """The parts to open as the manifest lists them: one whose blocks are not recorded any more is damaged, not absent.

    A manifest that cannot be read leaves its bid with one part, whose opening says so; it holds up no other bid.
    """
    names = [FORM]
    if not forms:
        try:
            names = [one.part for one in parse_manifest(manifest.encode()).parts if one.part != FORM]
        except Problem:
            names = [""]
    return [Sealed(bid, name, manifest, tuple(blocks.get((bid, name), ()))) for name in names]


async def _logged(session: AsyncSession, section_id: str, keyset: str) -> Logged:
    """The bids of the logged frozen list, by id and manifest, if t keys are logged as released; else none."""
    told = select(Line.event, Line.facts).where(
        Line.section == section_id, Line.event.in_((Event.SECTION_CLOSED, Event.KEY_RELEASED)),
        Line.subject.in_((section_id, keyset)), Line.salt.is_not(None),
    )  # fmt: skip
    lines = [(event, facts) for event, facts in await session.execute(told)]
    if sum(event == Event.KEY_RELEASED for event, _ in lines) < THRESHOLD:
        return set()
    return {
        (bid["bid"], bid["manifest"])
        for event, facts in lines
        if event == Event.SECTION_CLOSED
        for bid in facts["bids"]
    }
