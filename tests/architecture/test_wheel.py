"""The wheel is the whole product: built from this tree, it runs outside it, with its templates, styles and migrations."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from places import PACKAGES, ROOT


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents, alone in a folder."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def test_the_wheel_holds_every_file_of_the_packages(unpacked: Path) -> None:
    ours = {
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".partial"}
    }
    assert {path for path in ours if not (unpacked / path).is_file()} == set()


def test_the_wheel_needs_what_requirements_in_lists(unpacked: Path) -> None:
    [told] = unpacked.glob("*.dist-info/METADATA")
    needed = {line.removeprefix("Requires-Dist: ") for line in told.read_text().splitlines() if "Requires-Dist" in line}
    listed = {line for line in (ROOT / "requirements.in").read_text().splitlines() if line and line[0] != "#"}
    assert {one.partition(";")[0] for one in needed} == {one.partition(";")[0] for one in listed}


@pytest.mark.soak
def test_the_command_runs_outside_the_tree(unpacked: Path) -> None:
    program = (
        "import web.cli, web.app, web.commands.verify as told; print(told.__file__); web.cli.main(['verify', '-h'])"
    )
    environ = {**os.environ, "PYTHONPATH": str(unpacked)}
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=unpacked, env=environ, check=True, capture_output=True, text=True
    ).stdout
    assert told.startswith(str(unpacked)) and "Usage: openhall verify" in told.replace("-c", "openhall")
