"""`openhall trustee …` at the terminal: from init to a rehearsed backup, a new epoch, a restore, a person's word."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from forging import DEADLINE, a_ground, clock, closed

from infra.edge import random_bytes
from infra.embedded.children import openhall
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Context
from infra.trustee import confirming, duties, keeping
from infra.trustee.program import Program
from infra.trustee.statefile import held
from web.commands.trustee import command
from web.commands.trustee_options import VARIABLE
from web.commands.trustee_status import unlocked

pytestmark = pytest.mark.soak

SECRET = "a long enough passphrase"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trustee" / "state.json"


@pytest.fixture
def secret(tmp_path: Path) -> str:
    (tmp_path / "passphrase").write_text(f"{SECRET}\nnot this\n")
    return str(tmp_path / "passphrase")


def run(*arguments: Any, **environ: str) -> Result:
    return CliRunner(env=environ).invoke(command, [str(one) for one in arguments])


def code_of(result: Result) -> str:
    """The code of a refusal, `done` where there is none."""
    if result.exit_code == 0:
        return "done"
    assert result.exit_code == 2, result.output
    found = re.match(r"(?:[^\n]*\n)*?([a-z][a-z.-]+): ", result.stderr)
    return found[1] if found else result.stderr


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state made once, and its three sheets: stretching a passphrase takes long on purpose."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "passphrase").write_text(SECRET)
    given = ("--state", folder / "state.json", "--passphrase-file", folder / "passphrase")
    owner = ("--administrator", "Office 7", "--custody", "Safe 7")
    assert run("init", *given, "--name", "centre.example", "--body", "centre", *owner).exit_code == 0
    assert run("backup", *given, "--to", folder / "paper").exit_code == 0
    return folder


@pytest.fixture
def made(base: Path, path: Path) -> Path:
    """A copy of that state for one test."""
    path.parent.mkdir()
    return Path(shutil.copy2(base / "state.json", path))


def test_init_prints_one_line_without_any_secret(path: Path, secret: str) -> None:
    told = run("init", "--state", path, "--name", "x.example", "--body", "agent", "--passphrase-file", secret)
    line, state = json.loads(told.stdout), keeping.load(path, SECRET)
    assert {name: line[name] for name in state.enrolment()} == state.enrolment()
    assert b64(state.identity) not in told.output and b64(state.seed) not in told.output


def test_init_never_overwrites(made: Path, secret: str) -> None:
    again = run("init", "--state", made, "--name", "x", "--body", "agent", "--passphrase-file", secret)
    assert code_of(again) == "trustee.exists"


def test_without_a_passphrase_and_a_terminal_nothing_is_made(path: Path) -> None:
    assert code_of(run("init", "--state", path, "--name", "x", "--body", "agent")) == "trustee.passphrase"
    assert not path.exists()


def test_an_empty_passphrase_file_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    told = run("init", "--state", path, "--name", "x", "--body", "agent", "--passphrase-file", tmp_path / "empty")
    assert code_of(told) == "password.missing"


def test_status_asks_for_no_passphrase_and_tells_no_secret(made: Path) -> None:
    state = keeping.load(made, SECRET)
    shown, told = run("status", "--state", made), json.loads(run("status", "--state", made, "--json").stdout)
    assert (told["name"], told["protected"], told["epochs"]) == ("centre.example", True, [state.epoch])
    assert "Office 7" in shown.stdout and "rehearsed at   none yet" in shown.stdout
    assert not any(b64(one) in shown.output for one in (state.identity, state.seed, state.beacon))


def test_status_after_a_fork_exits_with_a_code_of_its_own(path: Path) -> None:
    state = keeping.create(path, "x.example", "agent", random_bytes)
    state.forks.append("fork-8-00000000.txt")
    keeping.save(path, state)
    told = run("status", "--state", path)
    assert told.exit_code == 4 and "fork-8" in told.stdout


def test_status_tells_of_a_running_program_and_what_it_last_cosigned(path: Path) -> None:
    state = keeping.create(path, "x.example", "agent", random_bytes)
    state.note = "log.example/log\n8\n"
    keeping.save(path, state)
    with held(path):
        assert json.loads(run("status", "--state", path, "--json").stdout)["running"]
    assert run("status", "--state", path, "--checkpoint").stdout == state.note


@pytest.mark.parametrize("arguments", [["backup"], ["rehearse"], ["epoch", "begin"], ["epoch", "destroy", "2026"]])
def test_nothing_changes_a_state_that_a_program_holds(made: Path, secret: str, arguments: list[str]) -> None:
    with held(made):
        told = run(*arguments, "--state", made, "--passphrase-file", secret)
    assert code_of(told) == "trustee.running"


@pytest.mark.parametrize("arguments", [["backup"], ["epoch", "begin"], ["serve", "--platform", "http://127.0.0.1:9"]])
def test_a_wrong_passphrase_is_told(made: Path, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "wrong").write_text("not the passphrase\n")
    assert code_of(run(*arguments, "--state", made, "--passphrase-file", tmp_path / "wrong")) == "trustee.passphrase"


def test_an_open_state_is_served_only_when_asked_for(path: Path) -> None:
    keeping.create(path, "x.example", "agent", random_bytes)
    assert code_of(run("serve", "--state", path, "--platform", "http://127.0.0.1:9")) == "trustee.open-state"


def test_the_passphrase_may_come_from_the_environment_or_a_descriptor(made: Path) -> None:
    assert run("epoch", "begin", "--state", made, **{VARIABLE: SECRET}).exit_code == 0
    reading, writing = os.pipe()
    os.write(writing, f"{SECRET}\n".encode())
    os.close(writing)
    assert run("epoch", "begin", "--state", made, "--passphrase-fd", reading).exit_code == 0
    assert len(keeping.load(made, SECRET).epochs) == 3


def test_a_passphrase_is_changed_and_the_old_one_opens_nothing_more(made: Path, secret: str, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("quite another passphrase\n")
    change = ("passphrase", "--state", made, "--passphrase-file", secret, "--new-passphrase-file", tmp_path / "new")
    assert run(*change).exit_code == 0
    assert keeping.load(made, "quite another passphrase").name == "centre.example"
    assert code_of(run(*change)) == "trustee.passphrase"


def test_an_open_state_gets_a_passphrase(path: Path, secret: str) -> None:
    state = keeping.create(path, "x.example", "agent", random_bytes)
    assert run("passphrase", "--state", path, "--new-passphrase-file", secret).exit_code == 0
    assert keeping.load(path, SECRET).enrolment() == state.enrolment()


# ---- paper ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sheets(base: Path, tmp_path: Path) -> list[Path]:
    return sorted(Path(shutil.copytree(base / "paper", tmp_path / "paper")).iterdir())


def two(sheets: list[Path], first: int = 0, second: int = 1) -> list[Any]:
    return ["--sheet", sheets[first], "--sheet", sheets[second]]


def test_a_backup_prints_three_pages_and_is_noted(made: Path, secret: str) -> None:
    told = run("backup", "--state", made, "--passphrase-file", secret)
    assert told.stdout.count("\f") == 2 and told.stdout.count("Any two of the three") == 3
    assert keeping.load(made, SECRET).backed_up


def test_a_rehearsal_is_noted_with_its_day(made: Path, secret: str, sheets: list[Path]) -> None:
    told = run("rehearse", "--state", made, "--passphrase-file", secret, *two(sheets, 0, 2))
    assert told.exit_code == 0 and keeping.load(made, SECRET).rehearsed_at


def test_a_rehearsal_with_outdated_paper_is_refused_and_not_noted(made: Path, secret: str, sheets: list[Path]) -> None:
    run("epoch", "begin", "--state", made, "--passphrase-file", secret)
    told = run("rehearse", "--state", made, "--passphrase-file", secret, *two(sheets))
    assert code_of(told) == "paper.outdated" and not keeping.load(made, SECRET).rehearsed_at
    assert not keeping.load(made, SECRET).backed_up


def test_a_restore_from_two_sheets_is_the_same_trustee(
    made: Path, secret: str, sheets: list[Path], tmp_path: Path
) -> None:
    new = tmp_path / "new" / "state.json"
    told = run(
        "restore", "--state", new, *two(sheets, 2, 1), "--passphrase-file", secret, "--administrator", "Office 8"
    )
    assert told.exit_code == 0 and "run `openhall trustee backup` now" in told.stdout
    state, before = keeping.load(new, SECRET), keeping.load(made, SECRET)
    assert (state.enrolment(), state.administrator) == (before.enrolment(), "Office 8")
    assert state.restored_at and state.paper == [before.epoch]


def test_a_typing_error_is_told_with_its_line(secret: str, sheets: list[Path], tmp_path: Path) -> None:
    text = sheets[0].read_text()
    [line] = re.findall(r"^  4:  .+$", text, re.M)
    sheets[0].write_text(text.replace(line, line[:-6] + ("A" if line[-6] != "A" else "B") + line[-5:]))
    told = run("restore", "--state", tmp_path / "n.json", *two(sheets), "--passphrase-file", secret)
    assert code_of(told) == "paper.line" and "Line 4" in told.stderr


@pytest.mark.parametrize(("count", "code"), [(1, "paper.two"), (3, "paper.two"), (0, "paper.two")])
def test_two_sheets_are_needed(sheets: list[Path], secret: str, tmp_path: Path, count: int, code: str) -> None:
    given = [one for sheet in sheets[:count] for one in ("--sheet", sheet)]
    assert code_of(run("restore", "--state", tmp_path / "n.json", *given, "--passphrase-file", secret)) == code


def test_a_checkpoint_is_taken_over_only_beside_a_policy(sheets: list[Path], secret: str, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("x")
    told = run(
        "restore", "--state", tmp_path / "n.json", *two(sheets), "--passphrase-file", secret, "--checkpoint", tmp_path / "note"
    )  # fmt: skip
    assert code_of(told) == "paper.policy" and not (tmp_path / "n.json").exists()


def test_a_restore_overwrites_nothing(made: Path, sheets: list[Path], secret: str) -> None:
    assert code_of(run("restore", "--state", made, *two(sheets), "--passphrase-file", secret)) == "trustee.exists"


# ---- epochs ---------------------------------------------------------------------------------------------------------


def test_an_epoch_is_destroyed_only_with_the_word_for_it(made: Path, secret: str) -> None:
    first = keeping.load(made, SECRET).epoch
    run("epoch", "begin", "--state", made, "--passphrase-file", secret)
    destroy = ("epoch", "destroy", first, "--state", made, "--passphrase-file", secret)
    told = run(*destroy)
    assert code_of(told) == "trustee.not-agreed" and "for ever" in told.stderr
    assert code_of(run(*destroy, "--agreed", "yes")) == "trustee.not-agreed"
    assert run(*destroy, "--agreed", first).exit_code == 0
    assert first not in run("epoch", "list", "--state", made).stdout.split()


# ---- a person's word ------------------------------------------------------------------------------------------------


def test_a_held_back_key_leaves_when_a_person_has_confirmed(tmp_path: Path) -> None:
    ground = a_ground(tmp_path)
    state, keyset, path = ground.states["agent"], ground.keyset(), tmp_path / "agent.json"
    duties.sign_keyset(state, {"document": keyset.encode().decode()})
    keeping.save(path, state)
    program = Program(state, path, lambda *_: None, confirming=True)
    asked = {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}
    duty = {"id": "d", "kind": "release", "payload": asked, "evidence": [ground.evidence(closed(keyset))]}
    reply = {"policy": "", "checkpoint": None, "consistency": [], "duties": [duty]}
    ctx = Context(SYSTEM, DEADLINE.replace(hour=2), random_bytes)
    assert not program.receive(reply, ctx) and program.refused == {"d": "release.unconfirmed"}
    assert keyset.section in run("confirm", "--state", path).stdout
    assert program.request(clock())[0].count(b'"waiting":1') == 1
    assert run("confirm", "--state", path, "all").exit_code == 0
    assert program.receive(reply, ctx) and [one["duty"] for one in program.answers] == ["d"]
    assert confirming.waiting(path) == [] and "Nothing waits" in run("confirm", "--state", path).stdout


def test_an_unknown_keyset_is_not_confirmed(path: Path) -> None:
    keeping.create(path, "x.example", "agent", random_bytes)
    assert code_of(run("confirm", "--state", path, b64(bytes(32)))) == "release.unknown-keyset"


# ---- waiting for the passphrase -------------------------------------------------------------------------------------


async def test_a_passphrase_file_that_is_not_there_yet_is_waited_for(made: Path, tmp_path: Path) -> None:
    source, stop = tmp_path / "later", asyncio.Event()
    waiting = asyncio.create_task(unlocked(made, "http://127.0.0.1:9", {"source": source, "descriptor": None}, stop))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    source.write_text(f"{SECRET}\n")
    state = await asyncio.wait_for(waiting, 30)
    assert state is not None and state.name == "centre.example"


async def test_whoever_waits_for_the_passphrase_can_be_stopped(made: Path, tmp_path: Path) -> None:
    stop = asyncio.Event()
    waiting = asyncio.create_task(
        unlocked(made, "http://127.0.0.1:9", {"source": tmp_path / "never", "descriptor": None}, stop)
    )
    await asyncio.sleep(0.1)
    stop.set()
    assert await asyncio.wait_for(waiting, 30) is None


@pytest.mark.soak
def test_a_started_program_says_that_it_is_locked_until_the_passphrase_comes(made: Path, tmp_path: Path) -> None:
    heard: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["format"])
            self.send_response(503)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address, later = f"http://127.0.0.1:{server.server_port}", tmp_path / "later"
    serve = ["trustee", "serve", "--state", made, "--platform", address, "--passphrase-file", later, "--every", "0.1"]
    with subprocess.Popen([str(one) for one in openhall(*serve)], cwd=Path(__file__).parents[2]) as child:
        _until(lambda: "trustee-locked/v1" in heard)
        later.write_text(f"{SECRET}\n")
        _until(lambda: "trustee-request/v2" in heard)
        child.terminate()
        assert child.wait(30) == 0
    server.shutdown()


def _until(found: Any) -> None:
    end = time.monotonic() + 60
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)
