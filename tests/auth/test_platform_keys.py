"""The platform's keys are made once, stay the same, and are refused when others could read or have changed them."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.auth.keys import KeyService, PlatformKeys
from infra.kernel.problems import Problem

FILES = ["authority.json", "log-signing.json", "master.json", "opening.json"]
SERVICE = KeyService(bytes(range(32)))


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    made = PlatformKeys.load_or_create(tmp_path)
    assert PlatformKeys.load_or_create(tmp_path) == made
    folder = tmp_path / "keys"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len({made.log_signing, made.opening, made.authority.private, made.service.master}) == 4
    assert (len(made.log_public), len(made.opening_public), len(made.authority.public_key)) == (32, 32, 65)


def test_processes_that_start_together_get_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: PlatformKeys.load_or_create(tmp_path), range(8)))
    assert all(keys == found[0] for keys in found)
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == FILES


def test_no_representation_shows_a_key(tmp_path: Path) -> None:
    keys = PlatformKeys.load_or_create(tmp_path)
    for secret in (keys.log_signing, keys.opening, keys.authority.private, keys.service.master):
        assert repr(secret) not in repr(keys)


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    PlatformKeys.load_or_create(tmp_path)
    (tmp_path / "keys" / name).chmod(0o644)
    with pytest.raises(Problem, match=r"key-file.too-open"):
        PlatformKeys.load_or_create(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_key_is_refused_and_never_replaced(tmp_path: Path, name: str) -> None:
    PlatformKeys.load_or_create(tmp_path)
    path = tmp_path / "keys" / name
    whole = path.read_text()
    for damaged in ("", "{}", whole[:-5], whole.replace('"key":"', '"key":"A')[: len(whole)], whole + "x"):
        path.write_text(damaged)
        with pytest.raises(Problem, match=r"key-file.damaged"):
            PlatformKeys.load_or_create(tmp_path)
        assert path.read_text() == damaged


def test_one_key_does_not_pass_for_another(tmp_path: Path) -> None:
    PlatformKeys.load_or_create(tmp_path)
    folder = tmp_path / "keys"
    (folder / "opening.json").write_bytes((folder / "master.json").read_bytes())
    with pytest.raises(Problem, match=r"key-file.damaged"):
        PlatformKeys.load_or_create(tmp_path)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(Problem, match=r"key-file.(unwritable|damaged)"):
        PlatformKeys.load_or_create(tmp_path)


@given(st.binary(max_size=200))
def test_a_wrapped_secret_opens_again(secret: bytes) -> None:
    wrapped = SERVICE.wrap("field", "experts/E1/phone", secret, os.urandom)
    assert len(wrapped) == len(secret) + 32
    assert SERVICE.unwrap("field", "experts/E1/phone", wrapped) == secret


@given(st.integers(0, 8 * 64 - 1))
def test_no_changed_bit_of_a_wrapped_secret_opens(place: int) -> None:
    wrapped = bytearray(SERVICE.wrap("input-key", "bid-1/technical", bytes(32), os.urandom))
    wrapped[place // 8] ^= 1 << place % 8
    with pytest.raises(Problem, match=r"key-service.refused"):
        SERVICE.unwrap("input-key", "bid-1/technical", bytes(wrapped))


@pytest.mark.parametrize(
    ("service", "label", "context"),
    [
        (SERVICE, "input-key", "bid-1"),
        (SERVICE, "field", "bid-2"),
        (KeyService(bytes(32)), "field", "bid-1"),
    ],
)
def test_a_secret_opens_only_under_its_label_context_and_master(service: KeyService, label: str, context: str) -> None:
    wrapped = SERVICE.wrap("field", "bid-1", b"secret", os.urandom)
    with pytest.raises(Problem, match=r"key-service.refused"):
        service.unwrap(label, context, wrapped)


@pytest.mark.parametrize("wrapped", [b"", b"x" * 15, b"x" * 31])
def test_a_cut_secret_is_refused(wrapped: bytes) -> None:
    with pytest.raises(Problem, match=r"key-service.refused"):
        SERVICE.unwrap("field", "bid-1", wrapped)
