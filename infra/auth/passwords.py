"""Passwords: argon2id hashes, checked in a thread, never faster for a login that does not exist."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from infra.kernel.problems import Problem

SHORTEST, LONGEST = 10, 256

# OWASP's second recommended setting: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS = ThreadPoolExecutor(2, "argon2")


def checked_password(password: str) -> str:
    """The password itself; `password.length` unless it has 10 to 256 characters."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Problem("password.length", shortest=SHORTEST, longest=LONGEST)
    return password


async def hashed(password: str, salt: bytes) -> str:
    """The argon2id hash (RFC 9106) of the password's NFC form, with a salt of 16 random bytes."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _hash, _bytes(password), salt)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored hash's; without a hash the same work is done and the answer is no."""
    tried = _bytes(password[: LONGEST + 1])
    right = await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, stored or _nobodys(), tried)
    return right and stored is not None


def _bytes(password: str) -> bytes:
    return normalize("NFC", password).encode("utf-8", "replace")


def _hash(password: bytes, salt: bytes) -> str:
    return _HASHER.hash(password, salt=salt)


def _verify(stored: str, password: bytes) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hash(b"nobody's password", bytes(16))
