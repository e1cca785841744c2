"""A trustee's part in a draw: it commits once, to the pool it knows of, and seals only what all three have promised."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from forging import Ground, a_ground, clock
from pool_pieces import DRAW, REGION, Sent, a_line, a_pool, people, refrozen

from expertpool.draw import entries as pool_entries
from expertpool.draw.audit import audit
from expertpool.lotteries.rules import Entry, freeze_lottery
from expertpool.lotteries.rules import make_request as make_lottery
from infra.crypto import lottery
from infra.crypto.chunks import seal_chunk
from infra.crypto.hpke import public_key
from infra.crypto.keyset import Release
from infra.crypto.sign import seal_to
from infra.edge import random_bytes
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from infra.trustee import duties
from infra.trustee.duties import BODIES, audit_info
from infra.trustee.fetching import no_pools


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def code_of(call: Any) -> str:
    """The code with which a duty is refused, or `done`."""
    try:
        call()
    except Problem as problem:
        return problem.code
    return "done"


# ---- the supervisor's audit -----------------------------------------------------------------------------------------


@dataclass
class Shop:
    """The sealed pieces of a pool as the platform would hand them out, and what was asked for."""

    draw: str
    key: bytes
    pieces: list[bytes]
    asked: list[int] = field(default_factory=list)

    def fetch(self, draw: str, number: int) -> bytes:
        self.asked.append(number)
        if draw != self.draw or number >= len(self.pieces):
            raise Problem("draw.chunk-missing", draw=draw, number=number)
        return self.pieces[number]


def shop_of(sent: Sent, draw: str = DRAW) -> Shop:
    """A pool sealed piece by piece."""
    key = random_bytes(32)
    return Shop(draw, key, [seal_chunk(key, draw, number, data) for number, data in enumerate(sent.pieces())])


def audited(ground: Ground, sent: Sent, shop: Shop, draw: str = DRAW, **told: Any) -> dict[str, Any]:
    """The supervisor's answer; `told` changes what came with the duty."""
    state = ground.states["supervisor"]
    chunks = [sha256(piece).hexdigest() for piece in shop.pieces]
    head = sent.head | {"key": shop.key.hex(), "chunks": chunks} | told
    pool = seal_to(public_key(state.sealing), canonical(head), audit_info(draw), random_bytes)
    return duties.audit(state, {"draw": draw, "frozen": sent.facts, "pool": b64(pool)}, audit, shop.fetch)


def test_an_honest_pool_is_fetched_piece_by_piece_and_signed(ground: Ground) -> None:
    sent = a_pool()
    shop = shop_of(sent)
    assert set(audited(ground, sent, shop)) == {"signature"}
    assert shop.asked == [0, 1, 2]


def test_a_pool_of_one_piece_goes_the_same_way(ground: Ground) -> None:
    sent = a_pool(people()[:4], quota={"A08": 1}, avoid=[])
    shop = shop_of(sent)
    assert set(audited(ground, sent, shop)) == {"signature"} and shop.asked == [0]


def test_a_foreign_person_in_the_last_piece_is_found(ground: Ground) -> None:
    foreign = pool_entries.Entry("expert-x", "resident:9999", None, ("B01",), REGION, 0, None, (a_line("A08"),))
    sent = refrozen(a_pool(), lambda entries: entries.append(foreign))
    shop = shop_of(sent)
    assert code_of(lambda: audited(ground, sent, shop)) == "draw.stranger"
    assert shop.asked == [0, 1, 2]


@pytest.mark.parametrize("change", ["a byte", "another draw's piece", "two in another order", "one twice"])
def test_a_piece_that_is_not_the_frozen_one_is_refused(ground: Ground, change: str) -> None:
    sent = a_pool()
    shop = shop_of(sent)
    told = [sha256(piece).hexdigest() for piece in shop.pieces]
    first, second, third = shop.pieces
    match change:
        case "a byte":
            shop.pieces[1] = bytes([second[0] ^ 1]) + second[1:]
        case "another draw's piece":
            shop.pieces[1] = shop_of(a_pool()).pieces[1]
        case "two in another order":
            shop.pieces = [second, first, third]
        case "one twice":
            shop.pieces = [first, first, third]
    assert code_of(lambda: audited(ground, sent, shop, chunks=told)) == "draw.chunk"
    # Whoever also changes the digests that come with the duty is found out by the piece's own key.
    assert code_of(lambda: audited(ground, sent, shop)) == "draw.chunk"


def test_a_piece_that_is_gone_is_named_as_missing(ground: Ground) -> None:
    sent = a_pool()
    shop = shop_of(sent)
    told = [sha256(piece).hexdigest() for piece in shop.pieces]
    shop.pieces.pop()
    assert code_of(lambda: audited(ground, sent, shop, chunks=told)) == "draw.chunk-missing"


def test_pieces_that_are_not_told_of_leave_people_out(ground: Ground) -> None:
    sent = a_pool(quota={"A08": 1})
    shop = shop_of(sent)
    told = [sha256(piece).hexdigest() for piece in shop.pieces[:2]]
    assert code_of(lambda: audited(ground, sent, shop, chunks=told)) == "draw.frozen"


def test_a_platform_that_is_away_may_be_asked_again(ground: Ground) -> None:
    sent = a_pool()
    shop = shop_of(sent)
    shop.fetch = no_pools  # type: ignore[assignment,method-assign]
    assert code_of(lambda: audited(ground, sent, shop)) == "trustee.pool-away"


def test_a_pool_that_came_whole_and_without_what_everybody_serves_is_refused(ground: Ground) -> None:
    sent = a_pool()
    state = ground.states["supervisor"]
    pool = seal_to(public_key(state.sealing), canonical(sent.head | {"lists": {}}), audit_info(DRAW), random_bytes)
    payload = {"draw": DRAW, "frozen": sent.facts, "pool": b64(pool)}
    assert code_of(lambda: duties.audit(state, payload, audit)) == "draw.document"


def test_a_pool_frozen_for_another_attempt_is_refused(ground: Ground) -> None:
    sent = a_pool(draw="YH-1/01/2")
    assert code_of(lambda: audited(ground, sent, shop_of(sent))) == "draw.frozen"


def test_a_pool_other_than_the_frozen_one_is_refused(ground: Ground) -> None:
    sent, other = a_pool(), a_pool()
    assert code_of(lambda: audited(ground, other._replace(facts=sent.facts), shop_of(other))) == "draw.frozen"


# ---- commitments ----------------------------------------------------------------------------------------------------


def frozen_event(pool: Sent, draw: str = DRAW) -> dict[str, Any]:
    section = draw.rpartition("/")[0]
    return {
        "actor": "centre", "at": "2026-12-01T02:00:00.000000Z", "event": "draw.frozen",
        "facts": {"subject": draw, "frozen": pool.facts}, "link": b64(bytes(32)), "section": section,
    }  # fmt: skip


def commit(ground: Ground, body: str, event: dict[str, Any], draw: str = DRAW) -> dict[str, Any]:
    return duties.commit(ground.states[body], {"draw": draw}, ground.evidence(event), ground.policy, clock())


def test_asked_again_it_gives_the_same_commitment(ground: Ground) -> None:
    event = frozen_event(a_pool())
    assert commit(ground, "agent", event) == commit(ground, "agent", event)


@pytest.mark.parametrize("number", [2, 3, 7])
def test_a_skipped_draw_number_is_refused(ground: Ground, number: int) -> None:
    draw = f"YH-1/01/{number}"
    assert (
        code_of(lambda: commit(ground, "agent", frozen_event(a_pool(draw=draw), draw), draw)) == "trustee.draw-number"
    )


def allowed(draw: str) -> dict[str, Any]:
    return {
        "actor": "supervisor", "at": "2026-12-01T01:00:00.000000Z", "event": "redraw.allowed",
        "facts": {"subject": draw, "reason": "the agent was silent"}, "link": b64(bytes(32)), "section": "YH-1/01",
    }  # fmt: skip


@pytest.mark.parametrize(("of", "code"), [("YH-1/01/3", "done"), ("YH-1/01/2", "trustee.draw-number")])
def test_an_attempt_that_failed_before_it_was_asked_is_passed_over_by_the_supervisors_reason(
    ground: Ground, of: str, code: str
) -> None:
    draw = "YH-1/01/3"
    event, further = ground.evidence(frozen_event(a_pool(draw=draw), draw)), [ground.evidence(allowed(of))]
    call = lambda: duties.commit(ground.states["agent"], {"draw": draw}, event, ground.policy, clock(), further)  # noqa: E731
    assert code_of(call) == code
    if code == "done":
        assert ground.states["agent"].draws["YH-1/01"] == 3
        earlier = frozen_event(a_pool(draw="YH-1/01/2"), "YH-1/01/2")
        assert code_of(lambda: commit(ground, "agent", earlier, "YH-1/01/2")) == "trustee.draw-number"


# ---- lotteries ------------------------------------------------------------------------------------------------------

LOTTERY = "LOTTERY/2026-ABCDEFGH/1"


def a_lottery(name: str = LOTTERY) -> dict[str, Any]:
    """The facts of a frozen lottery of three."""
    entries = [Entry(f"9142990{number}MA0000001X", f"body {number}") for number in range(3)]
    request = make_lottery("order", "basis", 1, 1, entries)
    return freeze_lottery(name, request, code="openhall", random=random_bytes).facts


def lottery_event(facts: dict[str, Any], event: str = "lottery.frozen", draw: str = LOTTERY) -> dict[str, Any]:
    return {
        "actor": "centre", "at": "2026-12-01T02:00:00.000000Z", "event": event,
        "facts": {"subject": draw, "frozen": facts}, "link": b64(bytes(32)), "section": draw.rpartition("/")[0],
    }  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_to_a_lottery_every_body_commits_without_an_audit(ground: Ground, body: str) -> None:
    assert code_of(lambda: commit(ground, body, lottery_event(a_lottery()), LOTTERY)) == "done"


def test_a_section_is_never_drawn_for_as_a_lottery_and_no_lottery_as_a_section(ground: Ground) -> None:
    """Else the platform could have a pool drawn from that the supervisor has not audited."""
    posing = lottery_event(a_lottery(DRAW), draw=DRAW)
    assert code_of(lambda: commit(ground, "supervisor", posing)) == "release.event"
    posing = lottery_event(a_lottery(), "draw.frozen")
    assert code_of(lambda: commit(ground, "supervisor", posing, LOTTERY)) == "release.event"


@pytest.mark.parametrize("change", ["avoid", "two lists", "parties", "another attempt"])
def test_a_lottery_that_is_not_the_same_for_all_gets_no_commitment(ground: Ground, change: str) -> None:
    facts = a_lottery()
    match change:
        case "avoid":
            facts["avoid"] = ["00" * 16]
        case "two lists":
            facts["lists"]["A08"], facts["quota"]["A08"] = facts["lists"]["*"], 1
        case "parties":
            facts["parties"] = ["enterprise", "platform", "trustee"]
        case "another attempt":
            facts["draw_id"] = "LOTTERY/2026-ABCDEFGH/2"
    assert code_of(lambda: commit(ground, "agent", lottery_event(facts), LOTTERY)) == "trustee.lottery"


def test_a_draw_that_is_not_the_proven_one_is_refused(ground: Ground) -> None:
    assert code_of(lambda: commit(ground, "agent", frozen_event(a_pool()), "YH-2/01/1")) == "release.event"


def test_without_quorum_there_is_no_commitment(ground: Ground) -> None:
    evidence = ground.evidence(frozen_event(a_pool()), signers=("centre",))
    call = lambda: duties.commit(ground.states["agent"], {"draw": DRAW}, evidence, ground.policy, clock())  # noqa: E731
    assert code_of(call) == "log.quorum"


def test_the_supervisor_commits_only_to_the_pool_it_audited(ground: Ground) -> None:
    pool = a_pool()
    assert code_of(lambda: commit(ground, "supervisor", frozen_event(pool))) == "trustee.not-audited"
    audited(ground, pool, shop_of(pool))
    assert code_of(lambda: commit(ground, "supervisor", frozen_event(a_pool()))) == "trustee.not-audited"
    assert code_of(lambda: commit(ground, "supervisor", frozen_event(pool))) == "done"


# ---- escrows --------------------------------------------------------------------------------------------------------


def given(body: str, commitment: str, draw: str = DRAW) -> dict[str, Any]:
    return {
        "actor": "trustee", "at": "2026-12-01T02:00:01.000000Z", "event": "draw.commitment-given",
        "facts": {"subject": f"{draw}/{body}", "draw": draw, "party": body, "commitment": commitment},
        "link": b64(bytes(32)), "section": draw.rpartition("/")[0],
    }  # fmt: skip


def escrowing(ground: Ground, parties: tuple[str, ...] = BODIES, **changed: Any) -> Any:
    """The agent's answer to being asked for its escrow, with the commitments of these parties shown."""
    own = commit(ground, "agent", frozen_event(a_pool()))["commitment"]
    keyset = ground.keyset(**({"release": Release("draw.committed", 3), "id": random_bytes(32)} | changed))
    state = ground.states["agent"]
    duties.sign_keyset(state, {"document": keyset.encode().decode()})
    said = {body: own if body == "agent" else lottery.commitment(DRAW, body, bytes(32)).hex() for body in parties}
    shown = [ground.evidence(given(body, said[body])) for body in parties]
    payload = {"draw": DRAW, "keyset": keyset.encode().decode()}
    return lambda: duties.escrow(state, payload, shown, ground.policy, clock())


def test_an_escrow_is_given_when_all_three_commitments_are_proven(ground: Ground) -> None:
    assert code_of(escrowing(ground)) == "done"


@pytest.mark.parametrize("parties", [("agent",), ("agent", "centre"), ("centre", "supervisor"), ()])
def test_no_escrow_while_a_commitment_is_missing(ground: Ground, parties: tuple[str, ...]) -> None:
    assert code_of(escrowing(ground, parties)) == "trustee.commitments"


def test_no_escrow_to_a_keyset_of_a_section(ground: Ground) -> None:
    assert code_of(escrowing(ground, release=Release("section.closed", 3))) == "release.unknown-keyset"


@pytest.mark.parametrize("changed", [{"section": "YH-1/02"}, {"round": "2"}])
def test_no_escrow_to_another_draws_keyset_whose_key_may_be_out_already(
    ground: Ground, changed: dict[str, str]
) -> None:
    assert code_of(escrowing(ground, **changed)) == "release.unknown-keyset"


def test_no_escrow_when_its_own_commitment_was_altered(ground: Ground) -> None:
    commit(ground, "agent", frozen_event(a_pool()))
    keyset = ground.keyset(release=Release("draw.committed", 3))
    duties.sign_keyset(ground.states["agent"], {"document": keyset.encode().decode()})
    shown = [ground.evidence(given(body, lottery.commitment(DRAW, body, bytes(32)).hex())) for body in BODIES]
    payload = {"draw": DRAW, "keyset": keyset.encode().decode()}
    call = lambda: duties.escrow(ground.states["agent"], payload, shown, ground.policy, clock())  # noqa: E731
    assert code_of(call) == "trustee.commitments"
