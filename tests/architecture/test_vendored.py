"""Files of others stand beside a lock that names them, their version, licence and SHA-256."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from places import ROOT, told

FOLDERS = [path for path in (ROOT / "web/static/vendor", ROOT / "tests/browser/vendor") if path.is_dir()]


@pytest.mark.parametrize("folder", FOLDERS, ids=told)
def test_every_vendored_file_is_the_one_its_lock_names(folder: Path) -> None:
    lock = json.loads((folder / "lock.json").read_text("utf-8"))
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    files.pop("lock.json")
    assert {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == {
        name: digest for package in lock for name, digest in package["files"].items()
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=told)
def test_a_lock_names_version_and_licence_and_no_address(folder: Path) -> None:
    text = (folder / "lock.json").read_text("utf-8")
    assert "://" not in text
    for package in json.loads(text):
        assert {"name", "version", "licence", "files"} <= set(package)
