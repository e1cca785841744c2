"""When a custodian releases its key: its own clock, the quorum's word after the deadline, and a list it counts itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from forging import DEADLINE, Ground, a_ground, clock, closed

from infra.crypto.keyset import Custodian, Keyset, Release
from infra.crypto.keyset import public_key as keyset_key
from infra.crypto.sign import open_from
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.tlog.note import ED25519, SignerKey
from infra.tlog.policy import Policy
from infra.trustee import duties, releasing
from infra.trustee.duties import release_info
from infra.trustee.state import State


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def signed(ground: Ground, **changed: Any) -> tuple[State, Keyset]:
    """The agent's trustee after it has signed a keyset."""
    keyset = ground.keyset(**changed)
    duties.sign_keyset(ground.states["agent"], {"document": keyset.encode().decode()})
    return ground.states["agent"], keyset


def asked(keyset: Keyset) -> dict[str, str]:
    """What the platform sends with the duty."""
    return {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}


def code_of(
    state: State, keyset: Keyset, evidence: dict[str, Any], policy: Policy, after: timedelta = timedelta(seconds=1)
) -> str:
    """What the trustee says to being asked for its key."""
    try:
        releasing.release(state, asked(keyset), [evidence], policy, clock(after))
    except Problem as problem:
        return problem.code
    return "released"


def test_a_key_is_released_for_the_true_event_after_the_deadline(ground: Ground) -> None:
    state, keyset = signed(ground)
    answer = releasing.release(state, asked(keyset), [ground.evidence(closed(keyset))], ground.policy, clock())
    content = open_from(ground.opening, unb64(answer["sealed"]), release_info(keyset.digest, state.name))
    assert keyset_key(content[32:]) == keyset.custodians[0].key


def test_a_released_key_is_sealed_to_the_opening_service_alone(ground: Ground) -> None:
    state, keyset = signed(ground)
    answer = releasing.release(state, asked(keyset), [ground.evidence(closed(keyset))], ground.policy, clock())
    with pytest.raises(Problem):
        open_from(random_bytes(32), unb64(answer["sealed"]), release_info(keyset.digest, state.name))


def test_no_key_before_the_deadline_by_the_trustees_own_clock(ground: Ground) -> None:
    state, keyset = signed(ground)
    evidence = ground.evidence(closed(keyset))
    assert code_of(state, keyset, evidence, ground.policy, -timedelta(microseconds=1)) == "release.too-early"
    assert code_of(state, keyset, evidence, ground.policy, timedelta()) == "released"


def test_no_key_of_a_keyset_it_never_signed(ground: Ground) -> None:
    keyset = ground.keyset()
    assert code_of(ground.states["agent"], keyset, ground.evidence(closed(keyset)), ground.policy) == (
        "release.unknown-keyset"
    )


@pytest.mark.parametrize("bids", [0, 1, 2])
def test_no_key_for_a_list_below_the_minimum_whatever_the_event_says(ground: Ground, bids: int) -> None:
    state, keyset = signed(ground)
    evidence = ground.evidence(closed(keyset, bids, facts={"minimum": 0}))
    assert code_of(state, keyset, evidence, ground.policy) == "release.minimum"


@pytest.mark.parametrize(
    "changed",
    [
        {"facts": {"outcome": "failed"}},
        {"facts": {"keyset": b64(bytes(32))}},
        {"section": "YH-1/02"},
        {"event": "notice.published"},
        {"event": "draw.committed"},
    ],
)
def test_no_key_for_another_event(ground: Ground, changed: dict[str, Any]) -> None:
    state, keyset = signed(ground)
    assert code_of(state, keyset, ground.evidence(closed(keyset, **changed)), ground.policy) == "release.event"


def test_no_key_for_an_event_of_no_section(ground: Ground) -> None:
    state, keyset = signed(ground)
    event = closed(keyset)
    del event["section"]
    assert code_of(state, keyset, ground.evidence(event), ground.policy) == "release.event"


def test_cosignatures_older_than_the_deadline_do_not_count(ground: Ground) -> None:
    state, keyset = signed(ground)
    evidence = ground.evidence(closed(keyset), at=DEADLINE - timedelta(seconds=1))
    assert code_of(state, keyset, evidence, ground.policy) == "log.quorum"


@pytest.mark.parametrize("signers", [(), ("agent",), ("supervisor",)])
def test_fewer_than_two_cosignatures_are_no_quorum(ground: Ground, signers: tuple[str, ...]) -> None:
    state, keyset = signed(ground)
    evidence = ground.evidence(closed(keyset), signers=signers)
    assert code_of(state, keyset, evidence, ground.policy) == "log.quorum"


def test_an_event_other_than_the_proven_one_is_refused(ground: Ground) -> None:
    state, keyset = signed(ground)
    evidence = ground.evidence(closed(keyset, 0, facts={"outcome": "failed"}), shown=closed(keyset))
    assert code_of(state, keyset, evidence, ground.policy) == "log.inclusion"


def test_a_checkpoint_signed_by_another_log_key_is_refused(ground: Ground) -> None:
    state, keyset = signed(ground)
    forged = SignerKey(ground.log.name, ED25519, random_bytes(32))
    evidence = ground.evidence(closed(keyset), log=forged)
    assert code_of(state, keyset, evidence, ground.policy).startswith("log.")


def test_a_keyset_of_a_failed_draw_is_not_released_by_a_closed_section(ground: Ground) -> None:
    state, keyset = signed(ground, release=Release("draw.committed", 3))
    assert code_of(state, keyset, ground.evidence(closed(keyset)), ground.policy) == "release.event"


# ---- which keysets are signed at all --------------------------------------------------------------------------------


def sign_code(ground: Ground, keyset: Keyset, body: str = "agent") -> str:
    try:
        duties.sign_keyset(ground.states[body], {"document": keyset.encode().decode()})
    except Problem as problem:
        return problem.code
    return "signed"


def test_the_same_keyset_may_be_signed_again(ground: Ground) -> None:
    assert [sign_code(ground, ground.keyset()) for _ in range(2)] == ["signed", "signed"]


@pytest.mark.parametrize(
    "changed",
    [
        {"deadline": "2020-01-01T00:00:00Z"},
        {"release": Release("section.closed", 0)},
        {"release": Release("draw.committed", 3)},
        {"deadline": "2027-01-01T00:00:00Z"},
    ],
)
def test_a_second_keyset_on_the_same_key_is_refused(ground: Ground, changed: dict[str, Any]) -> None:
    """Id, section and round alone make the key: an earlier deadline on the same key would open the bids early."""
    assert sign_code(ground, ground.keyset()) == "signed"
    assert sign_code(ground, ground.keyset(**changed)) == "trustee.keyset-twice"


def test_another_id_makes_another_key(ground: Ground) -> None:
    one, other = ground.keyset(), ground.keyset(id=random_bytes(32))
    assert one.custodians[0].key != other.custodians[0].key
    assert [sign_code(ground, one), sign_code(ground, other)] == ["signed", "signed"]


def test_a_keyset_with_another_key_in_its_name_is_refused(ground: Ground) -> None:
    keyset = ground.keyset()
    strange = replace(keyset.custodians[0], key=keyset_key(random_bytes(32)))
    assert sign_code(ground, replace(keyset, custodians=(strange, *keyset.custodians[1:]))) == "trustee.not-my-key"


def test_a_keyset_that_leaves_it_out_is_refused(ground: Ground) -> None:
    keyset = ground.keyset()
    assert sign_code(ground, replace(keyset, custodians=keyset.custodians[1:])) == "trustee.keyset"


def test_a_keyset_with_a_custodian_the_policy_does_not_name_is_refused(ground: Ground) -> None:
    keyset = ground.keyset()
    puppet = Custodian("puppet.example", keyset_key(random_bytes(32)), random_bytes(32))
    assert sign_code(ground, replace(keyset, custodians=(*keyset.custodians[:2], puppet))) == "trustee.keyset"


def test_a_keyset_that_one_custodian_could_open_alone_is_refused(ground: Ground) -> None:
    assert sign_code(ground, ground.keyset(threshold=1)) == "trustee.keyset"
