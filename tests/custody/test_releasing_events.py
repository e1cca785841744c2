"""What each releasing event must show: its own list, the deadline in force, the closing before the price round."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from forging import DEADLINE, Ground, a_ground, clock, closed

from infra.crypto.keyset import Keyset, Release
from infra.crypto.sign import ed25519_public, verify_ed25519
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.trustee import confirming, duties, releasing
from infra.trustee.state import State

HOUR = timedelta(hours=1)
LATER = DEADLINE + HOUR
LATER_TEXT = LATER.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def signed(ground: Ground, event: str = "section.closed", **changed: Any) -> tuple[State, Keyset]:
    keyset = ground.keyset(release=Release(event, 3), **changed)
    duties.sign_keyset(ground.states["agent"], {"document": keyset.encode().decode()})
    return ground.states["agent"], keyset


def asked(keyset: Keyset, **more: str) -> dict[str, str]:
    return {"keyset": b64(keyset.digest), "document": keyset.encode().decode(), **more}


def code_of(call: Any) -> str:
    try:
        call()
    except Problem as problem:
        return problem.code
    return "done"


def outcome(
    ground: Ground, keyset: Keyset, *shown: dict[str, Any], after: timedelta = HOUR * 3, confirmed: Any = None
) -> str:
    """What the agent says to being asked for its key, so long after the keyset's own deadline."""
    state = ground.states["agent"]
    return code_of(lambda: releasing.release(state, asked(keyset), shown, ground.policy, clock(after), confirmed))


# ---- lists ----------------------------------------------------------------------------------------------------------

LISTED = {
    "section.closed": ("bids", [{"bid": f"b{number}", "manifest": ""} for number in range(3)]),
    "quotes.closed": ("quotes", [{"quote": f"q{number}", "manifest": ""} for number in range(3)]),
    "draw.committed": ("escrows", ["00", "11", "22"]),
}


def event_of(keyset: Keyset, name: str, content: list[Any], **facts: Any) -> dict[str, Any]:
    return closed(keyset, 0, event=name, facts={"bids": [], LISTED[name][0]: content, **facts})


@pytest.mark.parametrize("name", list(LISTED))
def test_each_event_is_recounted_in_its_own_list(ground: Ground, name: str) -> None:
    _, keyset = signed(ground, name)
    content = LISTED[name][1]
    assert outcome(ground, keyset, ground.evidence(event_of(keyset, name, content))) == "done"
    assert outcome(ground, keyset, ground.evidence(event_of(keyset, name, content[:2]))) == "release.minimum"
    twice = [content[0], content[0], content[1]]
    assert outcome(ground, keyset, ground.evidence(event_of(keyset, name, twice))) == "release.minimum"


@pytest.mark.parametrize("name", list(LISTED))
@pytest.mark.parametrize("said", ["failed", "", None])
def test_no_event_releases_on_another_outcome(ground: Ground, name: str, said: str | None) -> None:
    _, keyset = signed(ground, name)
    event = event_of(keyset, name, LISTED[name][1], outcome=said)
    assert outcome(ground, keyset, ground.evidence(event)) == "release.event"


@pytest.mark.parametrize("name", ["section.closed", "quotes.closed", "draw.committed"])
@pytest.mark.parametrize("other", ["section.closed", "quotes.closed", "draw.committed", "technical.locked"])
def test_no_event_releases_the_keys_of_another(ground: Ground, name: str, other: str) -> None:
    if name == other:
        return
    _, keyset = signed(ground, other)
    assert outcome(ground, keyset, ground.evidence(event_of(keyset, name, LISTED[name][1]))) == "release.event"


# ---- the price envelope ---------------------------------------------------------------------------------------------


def locked(keyset: Keyset, bids: int = 3, **changed: Any) -> dict[str, Any]:
    """Technical marks are locked: these bids' price envelopes are to be opened."""
    return closed(keyset, bids, event="technical.locked", **changed)


def first_round(ground: Ground, keyset: Keyset, **changed: Any) -> dict[str, Any]:
    return ground.evidence(closed(keyset, **changed))


def test_the_price_envelope_needs_the_closing_of_the_first_round_beside_the_locked_marks(ground: Ground) -> None:
    _, keyset = signed(ground, "technical.locked", round="2")
    both = ground.evidence(locked(keyset)), first_round(ground, keyset, bids=4)
    assert outcome(ground, keyset, *both) == "done"
    assert outcome(ground, keyset, both[0]) == "release.event"


@pytest.mark.parametrize(
    "changed", [{"facts": {"outcome": "failed"}}, {"section": "YH-1/02"}, {"event": "draw.committed"}]
)
def test_another_event_than_the_closing_beside_the_locked_marks_is_refused(
    ground: Ground, changed: dict[str, Any]
) -> None:
    _, keyset = signed(ground, "technical.locked", round="2")
    shown = ground.evidence(locked(keyset)), first_round(ground, keyset, **changed)
    assert outcome(ground, keyset, *shown) == "release.event"


def test_a_price_envelope_of_a_bid_that_was_not_there_at_the_deadline_is_not_opened(ground: Ground) -> None:
    _, keyset = signed(ground, "technical.locked", round="2")
    shown = ground.evidence(locked(keyset, 4)), first_round(ground, keyset, bids=3)
    assert outcome(ground, keyset, *shown) == "release.list"


# ---- the deadline in force ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stated", [None, "2026-12-01T01:29:59Z", "2020-01-01T00:00:00Z", 7])
def test_a_closing_that_states_no_deadline_or_an_earlier_one_is_refused(ground: Ground, stated: Any) -> None:
    _, keyset = signed(ground)
    event = closed(keyset, facts={"deadline": stated})
    assert outcome(ground, keyset, ground.evidence(event)) == "release.deadline"


def test_a_closing_after_an_extension_is_believed_only_from_its_own_later_deadline_on(ground: Ground) -> None:
    _, keyset = signed(ground)
    event = closed(keyset, facts={"deadline": LATER_TEXT})
    late = ground.evidence(event, at=LATER)
    assert outcome(ground, keyset, late, after=HOUR - timedelta(seconds=1)) == "release.too-early"
    assert outcome(ground, keyset, late, after=HOUR) == "done"
    assert outcome(ground, keyset, ground.evidence(event, at=DEADLINE)) == "log.quorum"


def extension(keyset: Keyset, deadline: str = LATER_TEXT, **changed: Any) -> dict[str, Any]:
    facts = {"subject": keyset.section, "deadline": deadline, "previous": keyset.deadline}
    return {
        "actor": "agent", "at": "2026-11-20T00:00:00.000000Z", "event": "section.extended", "facts": facts,
        "link": b64(bytes(32)), "section": keyset.section,
    } | changed  # fmt: skip


def extended(ground: Ground, keyset: Keyset, event: dict[str, Any], deadline: str = LATER_TEXT) -> dict[str, Any]:
    shown = [ground.evidence(event, at=DEADLINE - HOUR)]
    return releasing.extend(ground.states["agent"], asked(keyset, deadline=deadline), shown, ground.policy)


def test_a_promised_extension_holds_even_against_a_closing_that_does_not_know_of_it(ground: Ground) -> None:
    """The platform may not announce a later deadline, and close at the first one after all."""
    state, keyset = signed(ground)
    answer = extended(ground, keyset, extension(keyset))
    signer, promise = ed25519_public(state.signer), releasing.extension(keyset.digest, LATER_TEXT)
    assert verify_ed25519(signer, promise, unb64(answer["signature"]))
    early = ground.evidence(closed(keyset), at=LATER)
    assert outcome(ground, keyset, early, after=timedelta(seconds=1)) == "release.too-early"
    assert outcome(ground, keyset, early) == "release.deadline"
    right = closed(keyset, facts={"deadline": LATER_TEXT})
    assert outcome(ground, keyset, ground.evidence(right, at=LATER)) == "done"


def test_an_extension_is_promised_again_but_never_taken_back(ground: Ground) -> None:
    _, keyset = signed(ground)
    assert extended(ground, keyset, extension(keyset)) == extended(ground, keyset, extension(keyset))
    earlier = (DEADLINE + HOUR / 2).strftime("%Y-%m-%dT%H:%M:%SZ")
    take_back = lambda: extended(ground, keyset, extension(keyset, earlier), earlier)  # noqa: E731
    assert code_of(take_back) == "release.deadline"


@pytest.mark.parametrize(
    "changed", [{"event": "section.closed"}, {"section": "YH-1/02"}, {"facts": {"deadline": "2027-01-01T00:00:00Z"}}]
)
def test_what_is_no_extension_of_this_section_is_not_promised(ground: Ground, changed: dict[str, Any]) -> None:
    _, keyset = signed(ground)
    assert code_of(lambda: extended(ground, keyset, extension(keyset, **changed))) == "release.event"


def test_an_extension_before_the_keysets_own_deadline_is_none(ground: Ground) -> None:
    _, keyset = signed(ground)
    earlier = "2026-11-30T00:00:00Z"
    assert code_of(lambda: extended(ground, keyset, extension(keyset, earlier), earlier)) == "release.deadline"


# ---- clocks ---------------------------------------------------------------------------------------------------------


def test_a_clock_an_hour_behind_releases_an_hour_later_and_one_ahead_waits_for_the_quorum(ground: Ground) -> None:
    _, keyset = signed(ground)
    true = ground.evidence(closed(keyset))
    assert outcome(ground, keyset, true, after=timedelta(seconds=1) - HOUR) == "release.too-early"
    before = ground.evidence(closed(keyset), at=DEADLINE - HOUR)
    assert outcome(ground, keyset, before, after=timedelta(seconds=1)) == "log.quorum"


def test_two_clocks_of_three_an_hour_ahead_are_needed_to_open_early(ground: Ground) -> None:
    """Said openly: two trustees acting together can read early; one alone, or one wrong clock, cannot."""
    _, keyset = signed(ground)
    one = ground.evidence(closed(keyset), signers=("agent",))
    assert outcome(ground, keyset, one, after=timedelta(seconds=1)) == "log.quorum"


# ---- a person's word ------------------------------------------------------------------------------------------------


def test_a_key_waits_for_a_person_where_the_body_wants_it(ground: Ground) -> None:
    _, keyset = signed(ground)
    evidence = ground.evidence(closed(keyset))
    assert outcome(ground, keyset, evidence, confirmed=lambda _: False) == "release.unconfirmed"
    assert outcome(ground, keyset, evidence, confirmed=lambda _: True) == "done"


def test_draws_wait_for_nobody(ground: Ground) -> None:
    _, keyset = signed(ground, "draw.committed")
    event = event_of(keyset, "draw.committed", LISTED["draw.committed"][1])
    assert outcome(ground, keyset, ground.evidence(event), confirmed=lambda _: False) == "done"


def test_a_person_may_not_hold_up_a_keyset_that_needs_everybody(ground: Ground) -> None:
    keyset = ground.keyset(threshold=3)
    sign = lambda: duties.sign_keyset(ground.states["agent"], {"document": keyset.encode().decode()}, True)  # noqa: E731
    assert code_of(sign) == "trustee.sole-quorum"


def test_only_who_can_open_the_state_can_confirm(ground: Ground, tmp_path: Path) -> None:
    state, keyset = signed(ground)
    path, name_of = tmp_path / "agent.json", b64(keyset.digest)
    forged = f"{name_of} {b64(bytes(32))} 2026-12-01T01:30:00Z\n"
    path.with_name("agent.json.confirmed").write_text(forged)
    assert not confirming.is_confirmed(path, state, name_of)
    path.with_name("agent.json.confirmed").unlink()
    confirming.confirm(path, state, name_of, clock())
    assert confirming.is_confirmed(path, state, name_of)
    assert not confirming.is_confirmed(path, ground.states["centre"], name_of)


def test_a_keyset_that_nobody_knows_cannot_be_confirmed(ground: Ground, tmp_path: Path) -> None:
    state = ground.states["agent"]
    confirm = lambda: confirming.confirm(tmp_path / "agent.json", state, b64(bytes(32)), clock())  # noqa: E731
    assert code_of(confirm) == "release.unknown-keyset"
