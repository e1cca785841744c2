"""A released key also reaches the supervising body as a record; each custodian checks what it can see of the others'."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from forging import DEADLINE, Ground, a_ground, clock
from recording import checked, forged, offered, released, signed_by_all

from infra.crypto.hpke import public_key
from infra.crypto.keyset import Release
from infra.crypto.sign import open_from, sign_ed25519
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.trustee import epochs, keeping, records
from infra.trustee.records import record_info, record_of
from infra.trustee.statefile import new_lock
from web.commands.trustee import command

pytestmark = pytest.mark.soak

AGENT = "agent.trustee.example"


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def code_of(call: Any, *arguments: Any) -> str:
    try:
        call(*arguments)
    except Problem as problem:
        return problem.code
    return "done"


# ---- the releasing custodian ----------------------------------------------------------------------------------------


def test_a_release_carries_the_same_key_for_the_opening_service_and_for_the_supervising_body(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    answer = released(ground, keyset)
    sealed, info = unb64(answer["record"]["sealed"]), record_info(keyset.digest, AGENT)
    content = open_from(ground.states["supervisor"].sealing, sealed, info)
    assert content[32:] == ground.states["agent"].key_of(keyset)[1]  # type: ignore[index]


@pytest.mark.parametrize("reader", ["agent", "centre", "opening"])
def test_nobody_but_the_supervising_body_opens_a_record(ground: Ground, reader: str) -> None:
    keyset = signed_by_all(ground)
    sealed, info = unb64(released(ground, keyset)["record"]["sealed"]), record_info(keyset.digest, AGENT)
    key = ground.opening if reader == "opening" else ground.states[reader].sealing
    assert code_of(open_from, key, sealed, info) == "envelope.unreadable"


def test_a_record_opens_for_its_own_keyset_and_custodian_alone(ground: Ground) -> None:
    keyset, second = signed_by_all(ground), signed_by_all(ground, round="2", id=random_bytes(32))
    sealed, key = unb64(released(ground, keyset)["record"]["sealed"]), ground.states["supervisor"].sealing
    others = [(second, AGENT), (keyset, ground.states["centre"].name)]
    told = [code_of(open_from, key, sealed, record_info(one.digest, name)) for one, name in others]
    assert told == ["envelope.unreadable"] * 2


def test_the_supervising_bodys_own_release_needs_no_record(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    assert "record" not in released(ground, keyset, "supervisor")


def test_where_no_record_key_was_ever_shown_the_release_still_goes(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    ground.states["agent"].record_key = {}
    assert sorted(released(ground, keyset)) == ["hash", "sealed", "signature"]


def test_keys_of_draws_are_no_business_of_the_supervising_body(ground: Ground) -> None:
    keyset = signed_by_all(ground, release=Release("draw.committed", 3))
    assert record_of(ground.states["agent"], keyset, bytes(64), clock()) == {}


@pytest.mark.parametrize("body", ["agent", "centre"])
def test_no_other_bodys_program_offers_a_record_key(ground: Ground, body: str) -> None:
    assert code_of(records.give_record_key, ground.states[body]) == "trustee.unknown-duty"


@pytest.mark.parametrize(
    "changed",
    [
        {"key": b64(public_key(bytes(31) + b"\x01"))},
        {"signature": b64(bytes(64))},
        {"name": "stranger.example"},
        {"name": "centre.trustee.example"},
    ],
)
def test_a_record_key_that_the_supervising_body_has_not_signed_is_refused(
    ground: Ground, changed: dict[str, str]
) -> None:
    state = ground.states["agent"]
    given = offered(ground, **changed)
    assert code_of(records.pin_record_key, state, given, ground.policy) == "release.other-record-key"
    assert state.record_key == {}


def test_a_pinned_record_key_is_never_exchanged_and_may_be_shown_again(ground: Ground) -> None:
    state, supervisor = ground.states["agent"], ground.states["supervisor"]
    first = offered(ground)
    records.pin_record_key(state, first, ground.policy)
    assert code_of(records.pin_record_key, state, first, ground.policy) == "done"
    signer = supervisor.signer
    other = random_bytes(32)
    signature = b64(sign_ed25519(signer, records.record_key_message(supervisor.name, public_key(other))))
    changed = offered(ground, key=b64(public_key(other)), signature=signature)
    assert code_of(records.pin_record_key, state, changed, ground.policy) == "release.other-record-key"


# ---- the supervising body -------------------------------------------------------------------------------------------


def test_a_true_record_fits_and_is_kept(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    assert checked(ground, keyset, released(ground, keyset)) == "fits"
    state = ground.states["supervisor"]
    kept = state.records[b64(keyset.digest)][AGENT]["key"]
    assert unb64(kept) == ground.states["agent"].key_of(keyset)[1]  # type: ignore[index]
    assert state.recorded == {"count": 1, "last": clock().now.isoformat()} and state.misfits == []


def test_the_same_record_asked_about_again_is_kept_once(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    answer = released(ground, keyset)
    assert [checked(ground, keyset, answer) for _ in range(2)] == ["fits", "fits"]
    assert ground.states["supervisor"].recorded["count"] == 1


def test_a_record_of_another_key_than_the_listed_one_does_not_fit_and_is_told_of(ground: Ground) -> None:
    keyset, agent = signed_by_all(ground), ground.states["agent"]
    true, wrong = random_bytes(32) + agent.key_of(keyset)[1], random_bytes(64)  # type: ignore[index]
    assert checked(ground, keyset, forged(agent, keyset, ground.opening, true, wrong)) == "release.wrong-key"
    state = ground.states["supervisor"]
    [one] = state.misfits
    assert (one["custodian"], one["section"], one["code"]) == (AGENT, keyset.section, "release.wrong-key")
    assert state.records == {}


def test_a_record_with_another_salt_than_the_logged_one_does_not_fit(ground: Ground) -> None:
    keyset, agent = signed_by_all(ground), ground.states["agent"]
    key = agent.key_of(keyset)[1]  # type: ignore[index]
    answer = forged(agent, keyset, ground.opening, random_bytes(32) + key, random_bytes(32) + key)
    assert checked(ground, keyset, answer) == "release.wrong-key"


def test_a_record_that_the_platform_has_exchanged_or_dropped_is_told_of(ground: Ground) -> None:
    keyset, agent = signed_by_all(ground), ground.states["agent"]
    answer, other = released(ground, keyset), forged(agent, keyset, ground.opening, bytes(64), bytes(64))
    assert checked(ground, keyset, answer, record=other["record"]) == "release.no-record"
    assert checked(ground, keyset, answer, record=None) == "release.no-record"
    assert [one["code"] for one in ground.states["supervisor"].misfits] == ["release.no-record"]


def test_a_record_that_its_custodian_has_not_signed_does_not_fit(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    answer = released(ground, keyset)
    unsigned = answer["record"] | {"signature": b64(bytes(64))}
    assert checked(ground, keyset, answer, record=unsigned) == "release.signature"


def test_what_is_kept_lies_under_the_passphrase_and_outlives_a_restart(ground: Ground, tmp_path: Path) -> None:
    keyset, state, path = signed_by_all(ground), ground.states["supervisor"], tmp_path / "locked.json"
    assert checked(ground, keyset, released(ground, keyset)) == "fits"
    state.lock = new_lock("a passphrase of some length", random_bytes)
    keeping.save(path, state)
    key = state.records[b64(keyset.digest)][AGENT]["key"]
    assert key not in path.read_text() and keeping.load(path, "a passphrase of some length").records == state.records
    assert keeping.open_half(path)["recorded"]["count"] == 1


def test_records_go_with_the_epoch_of_their_keysets(ground: Ground) -> None:
    keyset, state = signed_by_all(ground), ground.states["supervisor"]
    assert checked(ground, keyset, released(ground, keyset)) == "fits"
    old = state.epoch
    later = Context(clock().actor, DEADLINE + timedelta(days=400), random_bytes)
    epochs.begin(state, later)
    epochs.destroy(state, old, later.now)
    assert state.records == {}


def test_status_tells_how_many_records_are_kept_and_what_did_not_fit(ground: Ground, tmp_path: Path) -> None:
    keyset, state, path = signed_by_all(ground), ground.states["supervisor"], tmp_path / "told.json"
    assert checked(ground, keyset, released(ground, keyset)) == "fits"
    keeping.save(path, state)
    told = CliRunner().invoke(command, ["status", "--state", str(path)])
    assert told.exit_code == 0 and "1 (last 2026-12-01T01:30:01+00:00)" in told.stdout
    assert checked(ground, keyset, released(ground, keyset, "centre"), by="centre", record=None) == "release.no-record"
    keeping.save(path, state)
    told = CliRunner().invoke(command, ["status", "--state", str(path)])
    assert told.exit_code == 4 and "centre.trustee.example release.no-record" in told.stdout
    assert not any(one["key"] in told.output for kept in state.records.values() for one in kept.values())


# ---- the other custodians -------------------------------------------------------------------------------------------


def test_another_custodian_checks_the_log_and_gets_no_key(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    assert checked(ground, keyset, released(ground, keyset), "centre") == "fits"
    assert ground.states["centre"].records == {}


@pytest.mark.parametrize("body", ["centre", "supervisor"])
def test_a_leaf_that_its_custodian_has_not_signed_does_not_fit(ground: Ground, body: str) -> None:
    keyset = signed_by_all(ground)
    answer = released(ground, keyset)
    assert checked(ground, keyset, answer, body, facts={"hash": b64(bytes(32))}) == "release.signature"


def test_a_leaf_of_a_keyset_it_never_signed_does_not_fit(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    answer = released(ground, keyset)
    ground.states["centre"].keysets.clear()
    assert checked(ground, keyset, answer, "centre") == "release.unknown-keyset"


@pytest.mark.parametrize("facts", [{"custodian": "centre.trustee.example"}, {"keyset": b64(bytes(32))}])
def test_the_event_of_another_release_is_no_answer(ground: Ground, facts: dict[str, str]) -> None:
    keyset = signed_by_all(ground)
    assert checked(ground, keyset, released(ground, keyset), facts=facts) == "release.event"
    assert ground.states["supervisor"].misfits == []
