"""The one file of a trustee: under a passphrase, written whole or not at all, damage and strangers told apart."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from forging import a_ground, clock, closed

from infra.crypto.hpke import public_key
from infra.edge import random_bytes
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from infra.trustee import keeping, releasing
from infra.trustee.keeping import BEFORE_EPOCHS, Owner
from infra.trustee.state import State
from infra.trustee.statefile import held

SECRET = "a long enough passphrase"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trustee" / "state.json"


@pytest.fixture
def locked(path: Path) -> State:
    return keeping.create(path, "a.example", "agent", random_bytes, SECRET, Owner("office 1", "safe 1"))


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        call()
    return told.value.code


def test_a_passphrase_opens_what_it_protects(path: Path, locked: State) -> None:
    locked.secrets["YH-1/01/1"] = b64(bytes(32))
    keeping.save(path, locked)
    assert keeping.load(path, SECRET) == locked


def test_no_secret_stands_in_a_protected_file(path: Path, locked: State) -> None:
    written = path.read_text()
    secrets = [locked.identity, locked.seed, locked.signer, locked.sealing, locked.witness.seed]
    assert not any(b64(one) in written or one.hex() in written for one in secrets)


@pytest.mark.parametrize("given", [None, "", "another passphrase", SECRET + " "])
def test_a_wrong_or_missing_passphrase_is_told(path: Path, locked: State, given: str | None) -> None:
    assert refusal(lambda: keeping.load(path, given)) == "trustee.passphrase"


def test_a_short_passphrase_is_refused_and_nothing_is_written(path: Path) -> None:
    create = lambda: keeping.create(path, "a.example", "agent", random_bytes, "eleven char")  # noqa: E731
    assert refusal(create) == "trustee.passphrase-short" and not path.exists()


def test_a_passphrase_counts_in_its_composed_form(path: Path) -> None:
    keeping.create(path, "a.example", "agent", random_bytes, "e\u0301tude en mineur")
    assert keeping.load(path, "\u00e9tude en mineur").name == "a.example"


def changed(path: Path, **fields: object) -> None:
    path.write_bytes(canonical({**json.loads(path.read_bytes()), **fields}))


@pytest.mark.parametrize("field", ["box", "salt"])
def test_a_protected_file_with_a_field_missing_is_damaged(path: Path, locked: State, field: str) -> None:
    content = json.loads(path.read_bytes())
    del content[field]
    path.write_bytes(canonical(content))
    assert refusal(lambda: keeping.load(path, SECRET)) == "trustee.damaged"


def test_a_changed_open_fact_is_noticed_though_it_is_no_secret(path: Path, locked: State) -> None:
    content = json.loads(path.read_bytes())
    changed(path, open={**content["open"], "size": 8})
    assert refusal(lambda: keeping.load(path, SECRET)) == "trustee.damaged"


@pytest.mark.parametrize("place", [20, 100, 300, -30])
def test_a_flipped_bit_in_an_open_file_is_noticed(path: Path, place: int) -> None:
    keeping.create(path, "a.example", "agent", random_bytes)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert refusal(lambda: keeping.load(path)) in ("trustee.damaged", "trustee.foreign-file")


def test_another_programs_file_is_told_to_be_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"format":"key-file/v1"}')
    path.chmod(0o600)
    assert refusal(lambda: keeping.load(path)) == "trustee.foreign-file"


def test_a_file_that_others_can_read_is_refused(path: Path, locked: State) -> None:
    path.chmod(0o640)
    assert refusal(lambda: keeping.load(path, SECRET)) == "trustee.too-open"


def test_a_file_that_cannot_be_written_is_refused_and_stays_as_it_was(path: Path, locked: State) -> None:
    path.with_name("state.json.partial").mkdir()
    before = path.read_bytes()
    assert refusal(lambda: keeping.save(path, locked)) == "trustee.unwritable" and path.read_bytes() == before


def test_two_programs_do_not_share_a_state(path: Path, locked: State) -> None:
    with held(path):
        assert refusal(lambda: held(path).__enter__()) == "trustee.running"
    with held(path):
        pass


def test_a_file_of_the_first_format_is_read_with_its_keysets(path: Path, tmp_path: Path) -> None:
    seed = random_bytes(32)
    path.parent.mkdir()
    told = {
        "format": "trustee-state/v1", "name": "a.example", "body": "agent", "seed": b64(seed), "policy": "", "size": 8,
        "root": b64(bytes(32)), "keysets": {}, "draws": {"YH-1/01": 2}, "audits": {}, "secrets": {},
    }  # fmt: skip
    path.write_text(json.dumps(told, indent=1))
    path.chmod(0o600)
    state = keeping.load(path)
    assert (state.identity, state.epochs, state.size) == (seed, {BEFORE_EPOCHS: seed}, 8)
    keeping.save(path, state)
    assert keeping.load(path) == state and keeping.open_half(path)["order"] == [BEFORE_EPOCHS]


def test_keysets_of_the_first_format_are_released_from_its_one_seed(path: Path, tmp_path: Path) -> None:
    ground = a_ground(tmp_path)
    state = ground.states["agent"]
    state.epochs = {BEFORE_EPOCHS: state.identity}
    keyset = ground.keyset()
    told = {
        "format": "trustee-state/v1", "name": state.name, "body": "agent", "seed": b64(state.identity),
        "policy": state.policy, "size": 8, "root": b64(bytes(32)), "draws": {}, "audits": {}, "secrets": {},
        "keysets": {b64(keyset.digest): keyset.encode().decode()},
    }  # fmt: skip
    path.parent.mkdir()
    path.write_text(json.dumps(told))
    path.chmod(0o600)
    asked = {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}
    shown = [ground.evidence(closed(keyset))]
    assert releasing.release(keeping.load(path), asked, shown, ground.policy, clock())["hash"]


def test_the_sealing_key_follows_from_the_identity_alone(path: Path, locked: State) -> None:
    before = public_key(locked.sealing)
    locked.epochs["2031"] = random_bytes(32)
    assert public_key(locked.sealing) == before


SAVING = """
import sys
from pathlib import Path
from infra.trustee import keeping, releasing
path = Path(sys.argv[1])
state = keeping.load(path)
while True:
    state.size += 1
    state.keysets[str(state.size)] = {"id": "x" * 4000, "epoch": "", "section": "", "deadline": "", "released_at": ""}
    keeping.save(path, state)
    print(state.size, flush=True)
"""


def killed_while_saving(path: Path, after: float) -> int:
    """A program that saves without pause is killed; the last size it told."""
    command = [sys.executable, "-c", SAVING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None and child.stdout.readline()
        time.sleep(after)
        os.kill(child.pid, signal.SIGKILL)
        told = child.stdout.read().split()
    return int(told[-1]) if told else 0


def test_a_killed_program_leaves_a_whole_file_that_holds_what_it_told(path: Path) -> None:
    keeping.create(path, "a.example", "agent", random_bytes)
    assert killed_while_saving(path, 0.03) <= keeping.load(path).size


@pytest.mark.soak
def test_fifty_kills_at_any_moment_leave_a_whole_file(path: Path) -> None:
    keeping.create(path, "a.example", "agent", random_bytes)
    for number in range(50):
        told = killed_while_saving(path, number * 0.002)
        assert keeping.load(path).size >= told


@pytest.mark.soak
@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of a few pages needs root")
def test_a_full_disk_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(small)], check=True)
    try:
        path = small / "state.json"
        state = keeping.create(path, "a.example", "agent", random_bytes)
        state.policy = "x" * 40_000
        assert refusal(lambda: keeping.save(path, state)) == "trustee.unwritable"
        assert keeping.load(path).policy == "" and not list(small.glob("*.partial"))
    finally:
        subprocess.run(["umount", str(small)], check=True)
