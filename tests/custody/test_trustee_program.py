"""The trustee's program: it refuses forks, keeps its state before it answers, and goes on after a restart."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from forging import a_ground, clock, closed

from expertpool.draw.audit import audit
from infra.crypto import merkle
from infra.crypto.hpke import public_key
from infra.crypto.sign import open_from
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.cosignature import verify_cosignature
from infra.tlog.note import ED25519, SignerKey, format_note, parse_note, sign
from infra.tlog.policy import Policy, format_policy
from infra.trustee import duties
from infra.trustee import keeping as states
from infra.trustee.duties import release_info
from infra.trustee.program import Program

LOG = SignerKey("log.example/log", ED25519, random_bytes(32))
TRUSTEE = Actor("agent.example", Role.TRUSTEE)


class Platform:
    """A log of whole leaves that answers one trustee; it may be told to lie."""

    def __init__(self, leaves: int = 8, twist: bytes = b"") -> None:
        self.leaves = [merkle.leaf_hash(twist + number.to_bytes(4)) for number in range(leaves)]

    def grow(self, count: int = 8) -> None:
        first = len(self.leaves)
        self.leaves += [merkle.leaf_hash(number.to_bytes(4)) for number in range(first, first + count)]

    def reply(self, known: int, key: SignerKey = LOG, duties: Any = (), **changed: Any) -> dict[str, Any]:
        size = len(self.leaves)
        text = Checkpoint(changed.pop("origin", LOG.name), size, merkle.root(self.leaves)).text()
        proof = merkle.consistency_proof(known, self.leaves) if 0 < known < size else []
        return {
            "policy": format_policy(Policy(log=LOG.verifier, quorum="none")),
            "checkpoint": format_note(text, [sign(text, key)]),
            "consistency": [b64(step) for step in proof],
            "duties": list(duties),
        } | changed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trustee" / "state.json"


@pytest.fixture
def program(path: Path) -> Program:
    return Program(states.create(path, TRUSTEE.id, "agent", random_bytes), path, audit)


def receive(program: Program, platform: Platform, **said: Any) -> bool:
    return program.receive(platform.reply(program.state.size, **said), context(TRUSTEE))


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        call()
    return told.value.code


def test_a_growing_log_is_cosigned_at_every_checkpoint(program: Program) -> None:
    platform, sizes = Platform(), []
    for _ in range(4):
        assert receive(program, platform)
        assert program.cosignature is not None
        sizes.append(program.cosignature["size"])
        platform.grow()
    assert sizes == [8, 16, 24, 32]


def test_a_cosignature_is_dated_by_the_trustees_own_clock(program: Program) -> None:
    platform = Platform()
    at = datetime(2026, 12, 1, 1, 30, 0, 999_999, UTC)
    program.receive(platform.reply(0), context(TRUSTEE, at))
    assert program.cosignature is not None
    text = parse_note(platform.reply(0)["checkpoint"]).text
    line = parse_note(f"{text}\n{program.cosignature['line']}").signatures[0]
    assert verify_cosignature(text, line, program.state.witness.verifier) == int(at.timestamp())


def test_the_same_checkpoint_is_not_cosigned_twice(program: Program) -> None:
    platform = Platform()
    assert receive(program, platform)
    assert not receive(program, platform)


@pytest.mark.parametrize(("signed", "shown"), [(8, 8), (8, 16), (24, 64)])
def test_a_fork_is_refused_and_the_last_signed_tree_is_kept(program: Program, signed: int, shown: int) -> None:
    receive(program, Platform(signed))
    kept = program.state.size, program.state.root
    assert refusal(lambda: receive(program, Platform(shown, b"rewritten"))) == "log.consistency"
    assert (program.state.size, program.state.root) == kept and program.cosignature is None


def test_a_log_that_shrinks_is_refused(program: Program) -> None:
    receive(program, Platform(16))
    assert refusal(lambda: receive(program, Platform(8))) == "log.consistency"


def test_after_a_refused_fork_the_true_log_is_cosigned_again(program: Program) -> None:
    platform = Platform()
    receive(program, platform)
    refusal(lambda: receive(program, Platform(16, b"rewritten")))
    platform.grow()
    assert receive(program, platform)


def test_a_checkpoint_without_the_logs_signature_is_refused(program: Program) -> None:
    stranger = SignerKey(LOG.name, ED25519, random_bytes(32))
    assert refusal(lambda: receive(program, Platform(), key=stranger)).startswith("log.")


def test_a_checkpoint_of_another_log_is_refused(program: Program) -> None:
    other = SignerKey("other.example/log", ED25519, LOG.seed)
    assert refusal(lambda: receive(program, Platform(), key=other, origin="other.example/log")).startswith("log.")


def test_the_policy_is_pinned_at_first_contact_and_never_exchanged(program: Program) -> None:
    platform = Platform()
    receive(program, platform)
    pinned = program.state.policy
    platform.grow()
    other = format_policy(Policy(log=SignerKey("x.example", ED25519, random_bytes(32)).verifier, quorum="none"))
    receive(program, platform, policy=other)
    assert program.state.policy == pinned


def test_the_state_is_on_disk_before_anything_is_answered(program: Program, path: Path) -> None:
    receive(program, Platform())
    kept = json.loads(path.read_text("utf-8"))["open"]
    assert (kept["size"], kept["root"]) == (8, b64(program.state.root))


def test_after_a_restart_it_goes_on_where_it_stopped(program: Program, path: Path) -> None:
    platform = Platform()
    receive(program, platform)
    again = Program(states.load(path), path, audit)
    assert refusal(lambda: receive(again, Platform(16, b"rewritten"))) == "log.consistency"
    platform.grow()
    assert receive(again, platform) and again.state.enrolment() == program.state.enrolment()


def test_after_a_restart_the_same_draw_gets_the_same_commitment(program: Program, path: Path) -> None:
    program.state.secrets["YH-1/01/1"], program.state.draws["YH-1/01"] = b64(bytes(32)), 1
    program.state.audits["YH-1/01/1"] = "00"
    states.save(path, program.state)
    assert states.load(path) == program.state


@pytest.mark.parametrize(
    "duty",
    [
        {"id": "d", "kind": "keyset-key", "payload": {}, "evidence": []},
        {"id": "d", "kind": "keyset-sign", "payload": {"document": 7}, "evidence": []},
        {"id": "d", "kind": "draw-commit", "payload": {"draw": None}, "evidence": [{}]},
        {"id": "d", "kind": "draw-escrow", "payload": {"draw": "x"}, "evidence": [[]]},
        {"id": "d", "kind": "release", "payload": [], "evidence": [None]},
        {"id": "d", "kind": "pool-audit", "payload": {"frozen": {}, "pool": "AA==", "draw": "x"}, "evidence": []},
        {"id": "d", "kind": "dance", "payload": {}, "evidence": [{}]},
    ],
)
def test_a_duty_that_makes_no_sense_is_refused_and_does_not_stop_the_program(
    program: Program, duty: dict[str, Any]
) -> None:
    sound = {"id": "e", "kind": "keyset-key", "payload": key_request(), "evidence": []}
    assert receive(program, Platform(), duties=[duty, sound])
    assert list(program.refused) == ["d"] and [one["duty"] for one in program.answers] == ["e"]


def key_request() -> dict[str, str]:
    return {"id": b64(bytes(32)), "section": "YH-1/01", "round": "1"}


def test_a_state_file_is_readable_by_its_owner_only_and_never_overwritten(path: Path, program: Program) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert refusal(lambda: states.create(path, "x", "agent", random_bytes)) == "trustee.exists"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format":"trustee-state/v1"}', '{"format":"trustee-state/v2","open":{}}']
)
def test_a_damaged_state_file_is_told_not_guessed_around(path: Path, program: Program, content: str) -> None:
    path.write_text(content, "utf-8")
    assert refusal(lambda: states.load(path)) == "trustee.damaged"


def test_a_missing_state_file_is_told(path: Path) -> None:
    assert refusal(lambda: states.load(path)) == "trustee.no-state"


def test_neither_seed_nor_secrets_show_when_the_state_is_printed(program: Program) -> None:
    program.state.secrets["x"] = b64(bytes(32))
    assert repr(program.state.seed) not in repr(program.state) and b64(bytes(32)) not in repr(program.state)
    assert b64(program.state.seed) not in repr(program)


def test_the_public_half_tells_no_private_key(program: Program) -> None:
    told = program.state.enrolment()
    assert told["sealing"] == b64(public_key(program.state.sealing))
    assert b64(program.state.seed) not in told.values()


# ---- killed between writing and answering ---------------------------------------------------------------------------


def test_killed_before_its_answer_left_it_gives_the_same_key_again(tmp_path: Path) -> None:
    ground = a_ground(tmp_path)
    state, keyset, own = ground.states["agent"], ground.keyset(), tmp_path / "agent.json"
    duties.sign_keyset(state, {"document": keyset.encode().decode()})
    payload = {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}
    duty = {"id": "d", "kind": "release", "payload": payload, "evidence": [ground.evidence(closed(keyset))]}
    reply = {"policy": "", "checkpoint": None, "consistency": [], "duties": [duty]}
    keys = []
    for _ in range(2):
        program = Program(state, own, audit)
        assert program.receive(reply, clock())
        sealed = unb64(program.answers[0]["answer"]["sealed"])
        keys.append(open_from(ground.opening, sealed, release_info(keyset.digest, state.name))[32:])
        state = states.load(own)
    assert keys[0] == keys[1] and state.keysets[b64(keyset.digest)]["released_at"]


def test_killed_while_it_signs_a_keyset_it_signs_the_same_one_again_and_no_other(tmp_path: Path) -> None:
    ground = a_ground(tmp_path)
    document = ground.keyset().encode().decode()
    duty = {"id": "d", "kind": "keyset-sign", "payload": {"document": document}, "evidence": []}
    reply = {"policy": "", "checkpoint": None, "consistency": [], "duties": [duty]}
    first = Program(ground.states["agent"], tmp_path / "agent.json", audit)
    first.receive(reply, clock())
    again = Program(states.load(tmp_path / "agent.json"), tmp_path / "agent.json", audit)
    again.receive(reply, clock())
    assert again.answers == first.answers
    duty["payload"] = {"document": ground.keyset(deadline="2020-01-01T00:00:00Z").encode().decode()}
    assert not again.receive(reply, clock()) and again.refused == {"d": "trustee.keyset-twice"}
