"""`openhall seal` as a program on a machine: folders, terminals, signals, exit codes."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sealing_desk import Desk, a_desk, code, left
from sealing_scene import CODE, SECTION, Custody

from infra.crypto.seal_suite import SM2
from web.commands.seal import command as seal


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return a_desk(tmp_path)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sealing_leaves_nothing(desk: Desk, stop: signal.Signals) -> None:
    (desk.path / "keyset.json").write_bytes(Custody(suite=SM2).keyset.encode())
    with (desk.path / "long.pdf").open("wb") as file:
        file.truncate(1 << 40)
    words = ["--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--out", "out"]
    child = start(desk, "seal", *words, "--part", "a=empty.pdf", "--part", "technical=long.pdf")
    while not (desk.path / "out").is_dir() or len(left(desk, "out")) < 4:
        assert child.poll() is None
    child.send_signal(stop)
    _, told = child.communicate(timeout=60)
    assert (child.returncode, told.splitlines()[-1].partition(": ")[0]) == (130, "interrupted")
    assert left(desk, "out") == set()


def start(desk: Desk, *words: str) -> "subprocess.Popen[str]":
    """The program itself, started in the desk's folder."""
    command = [sys.executable, "-c", "from web.cli import main; raise SystemExit(main())", *words]
    path = {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, cwd=desk.path, env=path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_on_a_terminal_a_bar_tells_progress_in_megabytes_a_second(desk: Desk) -> None:
    master, slave = pty.openpty()
    words = ["--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--out", "out", "--part", "a=big.pdf"]
    (desk.path / "big.pdf").write_bytes(bytes(20 << 20))
    command = [sys.executable, "-c", "from web.cli import main; raise SystemExit(main())", "seal", *words]
    shell = {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm", "COLUMNS": "100"}
    ended = subprocess.run(command, cwd=desk.path, env=shell, stdout=subprocess.DEVNULL, stderr=slave, check=True)
    os.close(slave)
    shown = os.read(master, 1 << 16).decode()
    os.close(master)
    assert ended.returncode == 0
    assert "/21.0 MB" in shown
    assert "MB/s" in shown


def test_the_program_itself_ends_with_2_on_a_refusal(desk: Desk) -> None:
    desk.seal()
    program = "from web.cli import main; main()"
    words = ["open", "out/technical.sealed", "--key", "1=key1", "--out", "opened"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=desk.path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stderr.partition(": ")[0], ended.stdout) == (2, "too-few", "")


def test_every_file_of_a_folder_is_a_part(desk: Desk) -> None:
    (desk.path / "bid").mkdir()
    for name in ("technical.pdf", "commercial.signed.pdf", ".hidden"):
        (desk.path / "bid" / name).write_bytes(name.encode())
    result = desk.run(seal, "--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--folder", "bid",
                      "--out", "out")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert left(desk, "out") == {"technical.sealed", "commercial.sealed", "manifest.json", "kit.json"}
    desk.open()
    assert (desk.path / "opened").read_bytes() == b"technical.pdf"


@pytest.mark.parametrize(
    ("names", "expected"),
    [((), "section"), (("a.pdf", "a.docx"), "section"), (("Technical.pdf",), "section"), (("技术标.pdf",), "section")],
    ids=["empty", "two of a name", "capitals", "no part's name"],
)
def test_a_folder_whose_files_name_no_parts_is_refused(desk: Desk, names: tuple[str, ...], expected: str) -> None:
    (desk.path / "bid").mkdir()
    for name in names:
        (desk.path / "bid" / name).write_bytes(b"")
    words = ["--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--folder", "bid", "--out", "out"]
    assert code(desk.run(seal, *words)) == expected


def test_a_folder_in_a_folder_is_no_part(desk: Desk) -> None:
    (desk.path / "bid" / "technical").mkdir(parents=True)
    words = ["--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--folder", "bid", "--out", "out"]
    assert code(desk.run(seal, *words)) == "file"
