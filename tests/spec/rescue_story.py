"""An opening with bidder factors, told once: windows, tries, remedies, and what each of them was answered."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
from envelopes import Envelope
from rescuing import (
    end_remedy_of,
    end_window,
    give,
    handed_in,
    let_remedy_pass,
    openings,
    refusal,
    show,
    tenders_that,
    windows,
)
from scenes import Hall
from section_story import plain

from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.opening.actions import fail_opening
from trading.opening.files import check_files
from trading.opening.form import FORM
from trading.opening.hosting import speak
from trading.opening.opening import open_section
from trading.opening.remedies import give_remedy
from trading.opening.rules import MOST_REMEDIES, MOST_TRIES
from trading.opening.states import Stage
from trading.opening.tables import BidOpening
from trading.sections.states import SectionState

FIVE = tuple(f"bidder{number}" for number in range(1, 6))


@dataclass
class Rescue:
    """A section that permits remedies and one that does not; what was refused and how bids stood, by moment."""

    hall: Hall
    mild: str
    strict: str
    factors: dict[str, bytes] = field(default_factory=dict)
    bids: dict[str, str] = field(default_factory=dict)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    refusals: dict[str, Problem] = field(default_factory=dict)
    stages: dict[str, dict[str, BidOpening]] = field(default_factory=dict)
    states: dict[str, SectionState] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)

    async def note(self, hall: Hall, name: str, section: str) -> None:
        self.stages[name] = await openings(hall, section)
        self.states[name] = SectionState((await hall.section(section)).state)

    async def get(self, hall: Hall, name: str, path: str, login: str | None = None) -> None:
        async with await hall.client(login) as client:
            self.pages[name] = await client.get(path)

    def text(self, name: str) -> str:
        """A page's words."""
        return plain(self.pages[name].text)

    def told(self, name: str) -> dict[str, Stage]:
        """The stages of a moment, by login."""
        return {login: Stage(one.stage) for login, one in sorted(self.stages[name].items())}


async def tell(hall: Hall) -> Rescue:
    """Five bids whose document permits a remedy and four whose does not, from the deadline to the files' check."""
    asked = {"bidder_factor": True}
    found = Rescue(hall, *await tenders_that(hall, 7, {**asked, "remedy": True}, asked))
    for login in FIVE:
        found.factors[login] = random_bytes(32)
        found.bids[login], found.envelopes[login] = await handed_in(hall, found.mild, login, found.factors[login])
    for login in FIVE[:4]:
        bid, _ = await handed_in(hall, found.strict, login, found.factors[login])
        found.bids[f"strict {login}"] = bid
    found.refusals["before the deadline"] = await refusal(give(hall, "bidder1", found.bids["bidder1"], bytes(32)))
    deadline = (await hall.section(found.mild)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.until(lambda: _asked(hall, found))
    await _give(hall, found)
    await _end(hall, found)
    await _show(hall, found)
    await _strict(hall, found)
    return found


async def _asked(hall: Hall, found: Rescue) -> bool:
    return all(["factor" in await windows(hall, one) for one in (found.mild, found.strict)])


async def _give(hall: Hall, found: Rescue) -> None:
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "asked", found.mild)
    await _look(hall, found)
    found.refusals["wrong"] = await refusal(give(hall, "bidder2", found.bids["bidder2"], bytes(32)))
    found.refusals["short"] = await refusal(give(hall, "bidder2", found.bids["bidder2"], b"B"))
    found.refusals["another's"] = await refusal(give(hall, "bidder2", found.bids["bidder1"], found.factors["bidder1"]))
    found.refusals["host"] = await refusal(give(hall, "centre", found.bids["bidder1"], found.factors["bidder1"]))
    for _ in range(MOST_TRIES):
        await refusal(give(hall, "bidder5", found.bids["bidder5"], bytes(32)))
    found.refusals["tries"] = await refusal(give(hall, "bidder5", found.bids["bidder5"], found.factors["bidder5"]))
    await give(hall, "bidder1", found.bids["bidder1"], found.factors["bidder1"])
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "one given", found.mild)
    found.refusals["again"] = await refusal(give(hall, "bidder1", found.bids["bidder1"], found.factors["bidder1"]))
    await give(hall, "bidder2", found.bids["bidder2"], found.factors["bidder2"])
    found.refusals["remedy too early"] = await refusal(
        show(hall, "bidder3", found.bids["bidder3"], found.envelopes["bidder3"], FORM)
    )


async def _look(hall: Hall, found: Rescue) -> None:
    """What everybody sees while factors are taken, and a wrong one given on the page."""
    path, bid = f"/sections/{found.mild}", found.bids["bidder1"]
    for name, login in (("public", None), ("own", "bidder1"), ("other", "bidder6")):
        await found.get(hall, name, f"{path}/hall", login)
    await found.get(hall, "screen", f"{path}/hall/screen")
    await found.get(hall, "host", f"{path}/host", "agent")
    await found.get(hall, "page", f"{path}/hall/factor", "bidder1")
    await found.get(hall, "page of a stranger", f"{path}/hall/factor", "bidder6")
    await found.get(hall, "told", f"/api/bids/{bid}/opening", "bidder1")
    await found.get(hall, "told to a stranger", f"/api/bids/{bid}/opening", "bidder2")
    async with await hall.client("bidder4") as client:
        found.pages["wrong, page"] = await client.post(f"{path}/hall/factor", data={"factor": "QUJD"})
        told = {"factor": b64(bytes(32))}
        found.pages["wrong, told"] = await client.post(f"/api/bids/{found.bids['bidder4']}/factor", json=told)
        found.pages["nothing, told"] = await client.post(f"/api/bids/{found.bids['bidder4']}/factor", json={})
        url = f"/api/bids/{found.bids['bidder4']}/remedies/technical"
        found.pages["no salt"] = await client.put(url, content=b"x", headers={"commit-salt": "?"})


async def _end(hall: Hall, found: Rescue) -> None:
    """A pause makes the window longer by its own length; then it ends."""
    for kind in ("pause", "resume"):
        before = (await windows(hall, found.mild))["factor"].until
        async with hall.database.work(hall.actor("agent")) as work:
            await speak(work, found.mild, kind, "会场停电，暂停计时")
        if kind == "pause":
            await end_window(hall, found.mild, "factor")
            found.refusals["paused"] = await refusal(give(hall, "bidder3", found.bids["bidder3"], bytes(32)))
    after = (await windows(hall, found.mild))["factor"].until
    assert after != before
    await end_window(hall, found.mild, "factor")
    found.refusals["after the end"] = await refusal(
        give(hall, "bidder3", found.bids["bidder3"], found.factors["bidder3"])
    )
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "ended", found.mild)


async def _show(hall: Hall, found: Rescue) -> None:
    bid, envelope = found.bids["bidder3"], found.envelopes["bidder3"]
    for name, login in (("remedy, public", None), ("remedy, own", "bidder3")):
        await found.get(hall, name, f"/sections/{found.mild}/hall", login)
    await found.get(hall, "remedy, host", f"/sections/{found.mild}/host", "centre")
    await found.get(hall, "remedy page", f"/sections/{found.mild}/hall/remedy", "bidder3")
    await found.get(hall, "remedy page of an open bid", f"/sections/{found.mild}/hall/remedy", "bidder1")
    found.refusals["differs"] = await refusal(
        show(hall, "bidder4", found.bids["bidder4"], found.envelopes["bidder4"], "technical", b"another file")
    )
    for _ in range(MOST_REMEDIES):
        found.refusals["differs again"] = await refusal(
            show(hall, "bidder4", found.bids["bidder4"], found.envelopes["bidder4"], "commercial", b"another file")
        )
    found.refusals["too often"] = await refusal(
        show(hall, "bidder4", found.bids["bidder4"], found.envelopes["bidder4"], "commercial")
    )
    found.refusals["two at a time"] = await _two_at_a_time(hall, found)
    found.refusals["too large"] = await refusal(show(hall, "bidder3", bid, envelope, "technical", b"x" * 5000))
    found.refusals["no such part"] = await refusal(
        show(hall, "bidder3", bid, Envelope(envelope.manifest, {}, b"", b"", {"other": bytes(32)}), "other", b"x")
    )
    found.refusals["of an open bid"] = await refusal(
        show(hall, "bidder1", found.bids["bidder1"], found.envelopes["bidder1"], FORM)
    )
    found.refusals["another's bid"] = await refusal(show(hall, "bidder4", bid, envelope, FORM))
    for part in sorted(envelope.salts):
        await show(hall, "bidder3", bid, envelope, part)
    found.refusals["shown twice"] = await refusal(show(hall, "bidder3", bid, envelope, FORM))
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "shown", found.mild)
    await let_remedy_pass(hall, found.bids["bidder5"])
    late = found.bids["bidder5"], found.envelopes["bidder5"]
    found.refusals["shown too late"] = await refusal(show(hall, "bidder5", *late, FORM))
    for login in ("bidder4", "bidder5"):
        await end_remedy_of(hall, found.bids[login])
    await end_remedy_of(hall, bid)
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "over", found.mild)
    await check_files(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "checked", found.mild)


async def _strict(hall: Hall, found: Rescue) -> None:
    """Two of four give their factors: too few are left, and an officer ends the opening."""
    for login in FIVE[:2]:
        await give(hall, login, found.bids[f"strict {login}"], found.factors[login])
    await end_window(hall, found.strict, "factor")
    await open_section(hall.database, hall.objects, hall.keys, found.strict)
    await found.note(hall, "strict", found.strict)
    async with hall.database.work(hall.actor("centre")) as work:
        await fail_opening(work, found.strict, "两家投标人未提供密钥因子")
    found.refusals["not permitted"] = await refusal(
        show(hall, "bidder4", found.bids["strict bidder4"], found.envelopes["bidder4"], FORM)
    )


async def _two_at_a_time(hall: Hall, found: Rescue) -> Problem:
    """What a bidder that is still sending one part is refused with when it sends another."""
    bid, envelope = found.bids["bidder4"], found.envelopes["bidder4"]
    begun, enough = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        begun.set()
        await enough.wait()
        yield b"x" * 5000

    salt = envelope.salts["technical"]
    sending = asyncio.create_task(
        refusal(
            give_remedy(hall.database, hall.objects, hall.keys, hall.actor("bidder4"), bid, "technical", salt, slowly())
        )
    )
    await begun.wait()
    problem = await refusal(show(hall, "bidder4", bid, envelope, FORM))
    enough.set()
    assert (await sending).code == "remedy.too-large"
    return problem
