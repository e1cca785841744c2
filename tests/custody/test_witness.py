"""The witness: every form of a fork is refused, kept as proof, and remembered; who was rebuilt begins with the others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from infra.crypto import merkle
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64
from infra.kernel.context import Actor, Context, Role
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.note import COSIGNATURE, ED25519, SignerKey, format_note, parse_note, sign, verify_note
from infra.tlog.policy import Group, Policy, format_policy
from infra.trustee import epochs, keeping, paper
from infra.trustee.program import Program
from infra.trustee.readiness import readiness
from infra.trustee.witness import MOST_FORKS, begin_from

LOG = SignerKey("log.example/log", ED25519, random_bytes(32))
NAMES = ("agent.example", "centre.example", "supervisor.example")
ME = Actor(NAMES[0], Role.TRUSTEE)
OTHERS = {name: SignerKey(name, COSIGNATURE, random_bytes(32)) for name in NAMES[1:]}


def leaves(size: int, twist: bytes = b"") -> list[bytes]:
    return [merkle.leaf_hash(twist + number.to_bytes(4)) for number in range(size)]


def note(size: int, twist: bytes = b"", cosigners: dict[str, SignerKey] | None = None, at: int = 0) -> str:
    text = Checkpoint(LOG.name, size, merkle.root(leaves(size, twist))).text()
    lines = [cosign(text, key, at) for key in (cosigners or {}).values()]
    return format_note(text, [sign(text, LOG), *lines])


def reply(program: Program, size: int, twist: bytes = b"", **changed: Any) -> dict[str, Any]:
    known = program.state.size
    proof = merkle.consistency_proof(known, leaves(size, twist)) if 0 < known < size else []
    return {
        "policy": format_policy(policy(program)), "checkpoint": note(size, twist), "duties": [],
        "consistency": [b64(step) for step in proof],
    } | changed  # fmt: skip


def policy(program: Program) -> Policy:
    keys = {NAMES[0]: program.state.witness.verifier} | {name: key.verifier for name, key in OTHERS.items()}
    return Policy(log=LOG.verifier, witnesses=keys, groups={"trustees": Group(2, NAMES)}, quorum="trustees")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@pytest.fixture
def program(path: Path) -> Program:
    return Program(keeping.create(path, ME.id, "agent", random_bytes), path, lambda *_: None)


def receive(program: Program, said: dict[str, Any], ctx: Context | None = None) -> bool:
    return program.receive(said, ctx or context(ME))


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        call()
    return told.value.code


def proofs(path: Path) -> list[Path]:
    return sorted(path.parent.glob("fork-*.txt"))


@pytest.mark.parametrize(
    ("size", "twist", "verdict"),
    [(16, b"x", "FORK"), (8, b"", "ROLLBACK"), (8, b"x", "ROLLBACK"), (24, b"x", "CONFLICT")],
)
def test_every_form_of_a_fork_is_refused_and_kept_as_proof(
    program: Program, path: Path, size: int, twist: bytes, verdict: str
) -> None:
    receive(program, reply(program, 16))
    assert refusal(lambda: receive(program, reply(program, size, twist))) == "log.consistency"
    [kept] = proofs(path)
    text = kept.read_text()
    assert text.startswith(verdict) and kept.stat().st_mode & 0o777 == 0o600
    shown = text.partition("--- shown then ---\n")[2].partition("\n--- consistency")[0]
    before = text.partition("--- last co-signed here ---\n")[2].partition("\n--- shown")[0]
    for one in (shown, before):
        verify_note(parse_note(one), LOG.verifier)


@pytest.mark.parametrize("proof", [[], [b64(bytes(32))], [b64(bytes(32))] * 5])
def test_a_true_checkpoint_with_a_wrong_proof_is_refused_too(program: Program, path: Path, proof: list[str]) -> None:
    receive(program, reply(program, 8))
    assert refusal(lambda: receive(program, reply(program, 24, consistency=proof))) == "log.consistency"
    assert proofs(path)[0].read_text().startswith("CONFLICT") and program.cosignature is None


def test_a_fork_is_remembered_over_a_restart_and_reported(program: Program, path: Path) -> None:
    receive(program, reply(program, 8))
    for _ in range(2):
        assert refusal(lambda: receive(program, reply(program, 8, b"x"))) == "log.consistency"
    again = Program(keeping.load(path), path, lambda *_: None)
    assert again.state.forks == [proofs(path)[0].name] and len(proofs(path)) == 1
    assert readiness(again.state, again.host, None, False, 0)["forks"] == 1
    assert refusal(lambda: receive(again, reply(again, 8, b"y"))) == "log.consistency"
    assert len(proofs(path)) == 2


def test_what_the_log_has_not_signed_is_no_proof_and_fills_no_disk(program: Program, path: Path) -> None:
    receive(program, reply(program, 8))
    text = Checkpoint(LOG.name, 8, bytes(32)).text()
    forged = format_note(text, [sign(text, SignerKey(LOG.name, ED25519, random_bytes(32)))])
    assert refusal(lambda: receive(program, reply(program, 8, checkpoint=forged))).startswith("log.")
    assert proofs(path) == []


def test_a_flood_of_forks_is_kept_up_to_a_number(program: Program, path: Path) -> None:
    receive(program, reply(program, 8))
    for number in range(MOST_FORKS + 3):
        with pytest.raises(Problem):
            receive(program, reply(program, 8, number.to_bytes(2)))
    assert len(proofs(path)) == MOST_FORKS


def test_a_disk_that_takes_no_more_refuses_before_anything_is_answered(program: Program, path: Path) -> None:
    receive(program, reply(program, 8))
    path.with_name("state.json.partial").mkdir()
    assert refusal(lambda: receive(program, reply(program, 16))) == "trustee.unwritable"
    assert (program.cosignature, program.answers, program.state.size) == (None, [], 8)
    path.with_name("state.json.partial").rmdir()
    assert receive(program, reply(program, 16)) and program.state.size == 16


@pytest.mark.parametrize("missing", ["duties", "policy", "consistency"])
def test_an_ill_made_answer_leaves_nothing_half_done(program: Program, missing: str) -> None:
    """A co-signature that was never written down must not leave with the next question."""
    receive(program, reply(program, 8))
    said = reply(program, 16)
    del said[missing]
    with pytest.raises(KeyError):
        receive(program, said)
    assert (program.cosignature, program.state.size) == (None, 8)


# ---- rebuilt from paper ---------------------------------------------------------------------------------------------

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def rebuilt(program: Program, path: Path) -> Program:
    sheets = [paper.read_sheet(one) for one in paper.print_sheets(program.state, random_bytes)]
    state = epochs.restored(paper.rebuild(sheets[0], sheets[1]), context(ME, NOW))
    keeping.save(path, state)
    return Program(state, path, lambda *_: None)


def cosigned(size: int, age: timedelta = timedelta(), names: tuple[str, ...] = NAMES[1:], twist: bytes = b"") -> str:
    return note(size, twist, {name: OTHERS[name] for name in names}, int((NOW - age).timestamp()))


def test_a_rebuilt_witness_begins_with_what_the_others_have_cosigned_and_then_goes_on(
    program: Program, path: Path
) -> None:
    receive(program, reply(program, 16))
    again = rebuilt(program, path)
    assert not receive(again, reply(again, 24, cosigned=cosigned(16)), context(ME, NOW))
    assert (again.state.size, again.cosignature) == (16, None)
    assert receive(again, reply(again, 24), context(ME, NOW)) and again.state.size == 24
    assert keeping.load(path).size == 24


@pytest.mark.parametrize(
    "shown",
    [
        "",
        note(16),
        cosigned(16, timedelta(hours=2)),
        cosigned(16, names=("centre.example",)),
    ],
)
def test_a_rebuilt_witness_does_not_begin_with_an_old_or_lonely_checkpoint(
    program: Program, path: Path, shown: str
) -> None:
    """The platform could roll the log back behind what the lost witness had co-signed."""
    receive(program, reply(program, 16))
    again = rebuilt(program, path)
    told = refusal(lambda: receive(again, reply(again, 24, cosigned=shown), context(ME, NOW)))
    assert told == "trustee.no-others" and again.state.size == 0


def test_a_rebuilt_witness_may_be_given_another_bodys_checkpoint_by_hand(program: Program, path: Path) -> None:
    receive(program, reply(program, 16))
    again = rebuilt(program, path)
    begin_from(again.state, cosigned(16, names=("centre.example",)), policy(program))
    assert receive(again, reply(again, 24), context(ME, NOW))
    assert refusal(lambda: receive(again, reply(again, 24, b"x"))) == "log.consistency"


def test_paper_remembers_the_policy_and_takes_no_other(program: Program, path: Path) -> None:
    receive(program, reply(program, 16))
    assert program.state.policy_hash == sha256(program.state.policy.encode()).hexdigest()
    again = rebuilt(program, path)
    other = format_policy(Policy(log=LOG.verifier, quorum="none"))
    told = refusal(lambda: receive(again, reply(again, 24, policy=other, cosigned=cosigned(16)), context(ME, NOW)))
    assert told == "trustee.other-policy" and again.state.policy == ""
