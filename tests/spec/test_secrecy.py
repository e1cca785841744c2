"""Before the opening nobody can read a bid, nor learn how many there are (TBL 22, EBM 21, 26-27)."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from envelopes import Envelope, plaintexts, seal, submitted, withdrawn
from hypothesis import given
from hypothesis import strategies as st
from leaks import found_in, whole_database, whole_store
from onlookers import walk_without_noise
from scenes import Hall

from infra.crypto.keyset import custodian_private_key
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import recover, unwrap_share
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.bidding.receipts import find_receipt
from trading.bidding.uploads import BUCKET
from trading.opening.form import make_form

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
"""Walks through every page by up to six onlookers, in the time of the first test: a busy machine may need minutes."""

MARK = "Quokka-Zephyr-4471"
PRICE = "8123457.91"
DIRECTORIES = {"/subjects", "/audit", "/audit/journal.jsonl"}
"""Where every registered body is listed, whether it bids or not."""
AUDITED = "supervisor /audit"
"""Pages that tell what the onlookers themselves have looked at; `tests/audit/test_audit_secrecy.py` compares them."""
ALL = (None, "bidder8", "agent", "procurer", "centre", "supervisor")
FEW = (None, "bidder8", "agent")


@dataclass
class Watched:
    """One section as everybody sees it with no bid, with one, with four; and what its bidders know but nobody else."""

    section: str
    onlookers: tuple[str | None, ...]
    counts: tuple[int, ...]
    pages: dict[int, dict[str, str]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    secrets: list[bytes] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    logged: str = ""


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="session",
    params=[
        pytest.param((FEW, (0, 4)), id="few"),
        pytest.param((ALL, (0, 1, 4)), id="all", marks=pytest.mark.soak),
    ],
)
async def watched(hall: Hall, request: pytest.FixtureRequest) -> Watched:
    """Each walk of an onlooker asks for every page: `make test` walks as few, `make soak` as all, after one bid too."""
    found = Watched(await hall.a_tender(900), *request.param)
    sink = _Sink()
    root = logging.getLogger()
    level = root.level
    root.addHandler(sink)
    root.setLevel(logging.DEBUG)
    try:
        # A size of four digits cannot be taken for another number of a page.
        while (await hall.beat() or 0) < 1000:
            async with hall.database.work(SYSTEM) as work:
                for number in range(65):
                    work.record(Event.NOTICE_PUBLISHED, f"notice-of-old-{number}")
        for login in filter(None, found.onlookers):
            await (await hall.client(login)).aclose()
        await _look(hall, found, 0)
        await _bid(hall, found, "bidder1")
        if 1 in found.counts:
            await _look(hall, found, 1)
        for login in ("bidder2", "bidder3", "bidder4"):
            await _bid(hall, found, login)
        gone = await submitted(hall, found.section, "bidder5")
        await withdrawn(hall, "bidder5", gone)
        await _look(hall, found, 4)
    finally:
        root.removeHandler(sink)
        root.setLevel(level)
    found.logged = "\n".join(sink.lines)
    found.secrets += _trustees_secrets(hall)
    return found


class _Sink(logging.Handler):
    """Every log line of every logger, with whatever it was given."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.args!r} {record.exc_text or ''}")


async def _bid(hall: Hall, found: Watched, login: str) -> None:
    form = make_form(PRICE, "300", "合格", f"{MARK}-{login}")
    plain = plaintexts(login, form=form, marker=f"{MARK}-{login}")
    envelope = seal(
        await hall.keyset(found.section), found.section, hall.bodies[login].credit_code, hall.signers[login], plain
    )
    bid = await submitted(hall, found.section, login, envelope)
    found.secrets += [*plain.values(), f"{MARK}-{login}".encode(), *await _keys_of(hall, found.section, envelope)]

    async def receipt() -> dict[str, Any] | None:
        return await find_receipt(hall.database, hall.actor(login), bid.id)

    found.receipts.append(await hall.until(receipt))


async def _keys_of(hall: Hall, section: str, envelope: Envelope) -> list[bytes]:
    """Input keys, shares and custodians' one-time keys of a bid: what only the trustees together could tell."""
    keyset = await hall.keyset(section)
    seeds = {program.state.name: program.state.seed for program in hall.trustees.values()}
    private = {
        number: custodian_private_key(seeds[one.name], keyset.id, keyset.section, keyset.round)
        for number, one in enumerate(keyset.custodians, 1)
    }
    headers = [parse_header(container) for container in envelope.containers.values()]
    shares = [unwrap_share(header, number, key)[:32] for header in headers for number, key in private.items()]
    return [*private.values(), *shares, *(recover(header, private) for header in headers)]


def _trustees_secrets(hall: Hall) -> list[bytes]:
    states = [program.state for program in hall.trustees.values()]
    return [secret for state in states for secret in (state.seed, state.signer, state.sealing, state.witness.seed)] + [
        hall.keys.opening,
        hall.keys.log_signing,
        hall.keys.service.master,
        hall.keys.authority.private,
    ]


async def _look(hall: Hall, found: Watched, bids: int) -> None:
    """Two beats of the log, then every page as every onlooker sees it."""
    for _ in range(2):
        size = await hall.beat()
        assert size is not None
        found.sizes.append(size)
        await hall.poll_all()
    await hall.jobs()
    found.pages[bids] = {
        f"{login or 'public'} {path}": page
        for login in found.onlookers
        for path, page in (await walk_without_noise(hall, found.section, login)).items()
    }


async def test_what_anybody_reads_is_the_same_with_no_bid_with_one_and_with_four(watched: Watched) -> None:
    for bids in watched.counts[1:]:
        for path, page in watched.pages[bids].items():
            assert path.startswith(AUDITED) or page == watched.pages[0][path], (bids, path)


async def test_the_walk_has_seen_the_section_itself(watched: Watched) -> None:
    tender = watched.section.split("/")[0]
    seen = [path for path, page in watched.pages[0].items() if page.startswith("200") and tender in path + page]
    assert {path.split()[0] for path in seen} == {login or "public" for login in watched.onlookers}


async def test_no_response_holds_a_bid_or_a_bidder(hall: Hall, watched: Watched) -> None:
    bids = [line.subject for line in await hall.lines(Event.BID_SUBMITTED, section=watched.section)]
    pages = "".join(watched.pages[4].values()).encode()
    assert len(bids) == 5
    assert found_in(pages, [*watched.secrets, *map(str.encode, bids)]) == []
    names = [hall.bodies[f"bidder{number}"].name.encode() for number in (1, 2, 3, 4, 5)]
    naming = [path for path, page in watched.pages[4].items() if found_in(page.encode(), names)]
    assert {path.split()[1].removeprefix("/en") for path in naming} <= DIRECTORIES


async def test_the_log_grows_by_the_same_batch_whatever_is_bid(watched: Watched) -> None:
    beats = watched.sizes
    assert {later - earlier for earlier, later in zip(beats[::2], beats[1::2], strict=True)} == {8}
    assert all(size % 8 == 0 for size in beats)


async def test_neither_plaintext_nor_key_stands_in_the_database(hall: Hall, watched: Watched) -> None:
    assert found_in(await whole_database(hall), watched.secrets) == []


async def test_neither_plaintext_nor_key_stands_in_the_object_store(hall: Hall, watched: Watched) -> None:
    assert found_in(await whole_store(hall.objects, BUCKET, "archive"), watched.secrets) == []


async def test_neither_plaintext_nor_key_stands_in_any_log_line(watched: Watched) -> None:
    assert len(watched.logged) > 1000
    assert found_in(watched.logged.encode(), watched.secrets) == []


async def test_the_price_stands_nowhere_either(hall: Hall, watched: Watched) -> None:
    everything = await whole_database(hall) + watched.logged.encode() + await whole_store(hall.objects, BUCKET)
    assert found_in(everything, [PRICE.encode()]) == []


async def test_a_receipt_tells_its_bidder_neither_a_number_nor_a_neighbour(hall: Hall, watched: Watched) -> None:
    lines = {line.subject: line for line in await hall.lines(Event.BID_SUBMITTED, section=watched.section)}
    entries = [b64(line.entry or b"") for line in lines.values()]
    for receipt in watched.receipts:
        own = lines[receipt["bid"]]
        assert own.previous is not None and own.link_salt is not None
        told = str(receipt)
        assert b64(own.previous) not in told and b64(own.link_salt) not in told
        assert not any(entry in receipt["event"] for entry in entries)
        assert '"number"' not in told and "'number'" not in told


async def test_before_the_opening_a_bidders_receipt_is_for_that_bidder_alone(hall: Hall, watched: Watched) -> None:
    bid = watched.receipts[0]["bid"]
    for login in ("bidder8", "agent", "centre", None):
        async with await hall.client(login) as client:
            assert (await client.get(f"/api/bids/{bid}/receipt")).status_code in (401, 403, 404)


async def test_the_deadline_was_still_far_away_all_the_time(hall: Hall, watched: Watched) -> None:
    section = await hall.section(watched.section)
    async with hall.database.work(hall.actor("agent")) as work:
        assert section.deadline is not None and section.deadline - work.ctx.now > timedelta(minutes=1)


# ---- the search itself ----------------------------------------------------------------------------------------------


@given(st.binary(min_size=12, max_size=40), st.binary(max_size=20), st.binary(max_size=20))
def test_the_search_finds_what_is_there_in_hex_and_base64_at_every_alignment(
    secret: bytes, before: bytes, after: bytes
) -> None:
    plain = before + secret + after
    for data in (plain, plain.hex().encode(), b64(plain).encode(), b64(before + secret).encode()):
        assert found_in(data, [secret]) == [secret]


async def test_the_search_finds_a_secret_that_was_planted_in_the_database(hall: Hall) -> None:
    planted = b"a planted secret of some length"
    async with hall.database.work(hall.actor("agent")) as work:
        work.record(Event.SIGN_IN_REFUSED, "planted", why=b64(planted))
    assert found_in(await whole_database(hall), [planted]) == [planted]


async def test_concurrent_onlookers_see_the_same(hall: Hall, watched: Watched) -> None:
    one, other = await asyncio.gather(
        walk_without_noise(hall, watched.section, None), walk_without_noise(hall, watched.section, None)
    )
    assert one == other
