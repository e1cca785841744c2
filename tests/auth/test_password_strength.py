"""Passwords as they are hashed outside this suite, which itself hashes with the least work."""

import importlib.util
from types import ModuleType

import pytest

from infra.auth import passwords


@pytest.fixture
def as_shipped() -> ModuleType:
    """The module read anew from its file, as a program reads it."""
    spec = importlib.util.find_spec(passwords.__name__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_a_password_is_hashed_with_19_mebibytes_and_two_passes(as_shipped: ModuleType) -> None:
    stored = await as_shipped.hashed("correct horse battery", bytes(16))
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await as_shipped.matches(stored, "correct horse battery")
    assert not await as_shipped.matches(stored, "correct horse batteries")


async def test_a_login_that_does_not_exist_costs_the_same_work(as_shipped: ModuleType) -> None:
    assert as_shipped._nobodys().startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not await as_shipped.matches(None, "nobody's password")
