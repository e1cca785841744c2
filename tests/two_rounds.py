"""Tenders whose prices have a round of their own 双信封, joined with what else may be sealed: labels, factors, estimates."""

from dataclasses import dataclass, field
from typing import Any

from envelopes import CLIENT, certificate_of, upload
from judging import Panel, a_panel
from rescuing import end_remedy_of, end_window, give, openings, refusal, show
from scenes import Hall
from sqlalchemy import select
from two_envelopes import Pair, a_pair, a_two_envelope_tender, second_keyset, start_pair

from infra.crypto.manifest import Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.custody.actions import WATCH
from infra.custody.policy import published_policy
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers_table import Timer
from infra.tlog.policy import Policy, parse_policy
from trading.archive.actions import evidence_file
from trading.bidding.actions import hand_in
from trading.bidding.rehearsing import record_rehearsal
from trading.blind.queries import labels_of
from trading.opening.actions import decide_cause
from trading.opening.form import make_price_form
from trading.opening.giving import SECOND_RELEASE
from trading.opening.prices import open_prices
from trading.opening.states import Cause
from trading.opening.tables import BidOpening
from trading.publication.actions import publish_award, publish_candidates
from trading.reserve.actions import seal_reserve
from trading.reserve.rules import PART, make_reserve
from trading.sections.states import SectionState
from web.wiring import LOG_NAME

THREE = ("bidder1", "bidder2", "bidder3")
METHOD: dict[str, Any] = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "c1", "group": "commercial", "kind": "subjective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}
ESTIMATE = "9100000.00"
REASONS = "监督机构与交易中心的密钥机房断电，时限内未能释放"


@dataclass
class Rounds:
    """A section in two envelopes: its panel, bids and their sealed pairs by login, and what was seen on the way."""

    hall: Hall
    section: str
    pairs: dict[str, Pair] = field(default_factory=dict)
    bids: dict[str, str] = field(default_factory=dict)
    factors: dict[str, bytes] = field(default_factory=dict)
    panel: Panel | None = None
    stages: dict[str, dict[str, BidOpening]] = field(default_factory=dict)
    refusals: dict[str, Problem] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    watched: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    keys: dict[int, bytes] = field(default_factory=dict)
    evidence: bytes = b""
    policy: Policy | None = None

    async def note(self, name: str) -> None:
        """Keep how every bid stands now, and what the public hall says."""
        self.stages[name] = await openings(self.hall, self.section)
        async with await self.hall.client() as client:
            self.pages[name] = (await client.get(f"/en/sections/{self.section}/hall")).text

    def told(self, name: str) -> dict[str, str]:
        """The stages of a moment, by login."""
        return {login: one.stage for login, one in sorted(self.stages[name].items())}


async def sealed_and_opened(hall: Hall, *, factored: bool = False, **terms: Any) -> Rounds:
    """Three bids in two envelopes and a confidential estimate, the first envelopes opened, five judges seated."""
    section = await a_two_envelope_tender(hall, 5, METHOD, bidder_factor=factored, **terms)
    rounds = Rounds(hall, section)
    await seal_estimate(hall, section)
    for login in THREE:
        await _hand_in(rounds, login, random_bytes(32) if factored else None)
    if factored:
        await hall.until(lambda: _asked(rounds))
        for login in THREE:
            await give(hall, login, rounds.bids[login], rounds.factors[login])
    await hall.reach(section, SectionState.OPENED)
    rounds.panel = await a_panel(hall, section)
    for number in range(1, 6):
        await rounds.panel.sign_in(number)
    await hall.until(lambda: _readable(rounds, bool(terms.get("blind"))))
    for _ in range(3):
        await hall.step()
    second = (await hall.section(section)).second_keyset
    async with hall.database.reading() as session:
        watched = select(Timer.subject).where(Timer.verb == WATCH, Timer.subject.startswith(f"{second}/"))
        rounds.watched = list(await session.scalars(watched))
    return rounds


async def lock_sheets(rounds: Rounds) -> None:
    """Every judge locks."""
    assert rounds.panel is not None
    for number in range(1, 6):
        await rounds.panel.lock(number, await _sheet(rounds, number))


async def all_lock(rounds: Rounds) -> None:
    """Every judge locks, and the list of prices to open is logged."""
    await lock_sheets(rounds)
    await rounds.hall.reach(rounds.section, SectionState.PRICING)


async def keys_too_late(rounds: Rounds) -> None:
    """With two trustees away from the list on, the limit passes: one price is shown, one decided about, one opened late."""
    hall, section = rounds.hall, rounds.section
    await all_lock(rounds)
    hall.absent |= {"centre", "supervisor"}
    await rounds.note("waiting")
    rounds.refusals["before the limit"] = await refusal(_open(rounds))
    await end_window(hall, section, SECOND_RELEASE)
    await _open(rounds)
    await rounds.note("overdue")
    shown, waits = make_price_form("8100000.00"), rounds.bids["bidder2"]
    await show(hall, "bidder1", rounds.bids["bidder1"], rounds.pairs["bidder1"].second, "price", shown)
    await _open(rounds)
    await rounds.note("one shown")
    rounds.refusals["while the remedy runs"] = await refusal(_decided(rounds, waits, Cause.CUSTODIAN))
    await end_remedy_of(hall, waits)
    rounds.refusals["blame for late keys"] = await refusal(_decided(rounds, waits, Cause.BIDDER))
    await _decided(rounds, waits, Cause.CUSTODIAN)
    await rounds.note("decided")
    hall.absent.clear()
    await hall.reach(section, SectionState.MARKED)
    await rounds.note("keys came")
    rounds.keys = await second_keys(rounds)


async def finish(rounds: Rounds) -> None:
    """Report, candidates, award, and the sealed evidence file."""
    hall, section, panel = rounds.hall, rounds.section, rounds.panel
    assert panel is not None
    for number in range(1, 6):
        await panel.sign(number)
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    await hall.reach(section, SectionState.DETERMINED)
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)

    async def archived() -> bool:
        return (await hall.section(section)).evidence is not None

    await hall.until(archived)
    rounds.evidence = await evidence_file(hall.objects, await hall.section(section))
    async with hall.database.reading() as session:
        rounds.policy = parse_policy((await published_policy(session, hall.keys, LOG_NAME)).encode())


async def seal_estimate(hall: Hall, section: str) -> None:
    """The agent seals a confidential estimate to the keyset that opens the prices."""
    if "agent" not in hall.signers:
        hall.signers["agent"] = await hall.give_key("agent", "estimate")
    keyset, salt, signer = await second_keyset(hall, section), random_bytes(32), hall.signers["agent"]
    line = bidder_line(salt, hall.bodies["agent"].credit_code)
    container, measured = seal_bytes(make_reserve(ESTIMATE), keyset, PART, line, None, random_bytes)
    manifest = Manifest(section, keyset.round, salt, (measured.entry(PART),), CLIENT)
    signed = (manifest.encode(), signer.sign(manifest.digest), certificate_of(signer))
    async with hall.database.work(hall.actor("agent")) as work:
        await seal_reserve(work, hall.authority, section, container, *signed)


async def first_keys(rounds: Rounds) -> dict[int, bytes]:
    """The released private keys of the first keyset, as the opening service has them."""
    return await _keys(rounds, (await rounds.hall.section(rounds.section)).keyset)


async def second_keys(rounds: Rounds) -> dict[int, bytes]:
    """The released private keys of the second keyset, as the opening service has them."""
    return await _keys(rounds, (await rounds.hall.section(rounds.section)).second_keyset)


async def _keys(rounds: Rounds, keyset: str | None) -> dict[int, bytes]:
    async with rounds.hall.database.work(SYSTEM) as work:
        return await released_keys(work, await work.session.get_one(Keyset, keyset), rounds.hall.keys.opening)


async def _open(rounds: Rounds) -> None:
    await open_prices(rounds.hall.database, rounds.hall.objects, rounds.hall.keys, rounds.section)


async def _decided(rounds: Rounds, bid: str, cause: Cause) -> None:
    async with rounds.hall.database.work(rounds.hall.actor("centre")) as work:
        await decide_cause(work, bid, cause, REASONS)


async def _hand_in(rounds: Rounds, login: str, factor: bytes | None) -> None:
    hall, section = rounds.hall, rounds.section
    pair = await a_pair(hall, section, login, factor=factor)
    begun = await start_pair(hall, login, pair)
    await upload(hall, login, begun.id, pair.whole)
    async with hall.database.work(hall.actor(login)) as work:
        await record_rehearsal(work, section, pair.first.manifest.digest)
    await hand_in(hall.database, hall.actor(login), begun.id)
    rounds.pairs[login], rounds.bids[login] = pair, begun.id
    if factor is not None:
        rounds.factors[login] = factor


async def _asked(rounds: Rounds) -> bool:
    return bool(await rounds.hall.lines(Event.FACTOR_WINDOW_OPENED, section=rounds.section))


async def _readable(rounds: Rounds, blind: bool) -> bool:
    checked = await rounds.hall.lines(Event.BID_FILES_CHECKED, section=rounds.section)
    labelled = await rounds.hall.lines(Event.BLIND_LABELLED, section=rounds.section)
    return len(checked) == len(THREE) and (not blind or any(one.leaf is not None for one in labelled))


async def _sheet(rounds: Rounds, number: int) -> dict[str, dict[str, str]]:
    """Full of marks: by label what is read blind, by bid everything else."""
    async with rounds.hall.database.reading() as session:
        found = await labels_of(session, rounds.hall.keys.service, rounds.section)
    bids = rounds.bids.values()
    if found is None:
        return {bid: {"t1": str(40 + number), "c1": "10"} for bid in bids}
    return {**{label: {"t1": str(40 + number)} for label in found.labels}, **{bid: {"c1": "10"} for bid in bids}}
