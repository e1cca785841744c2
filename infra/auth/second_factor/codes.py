"""One-time codes by RFC 6238 (six digits, thirty seconds, SHA-1 as every generator knows it) and recovery codes. Pure."""

import hmac
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import pyotp

STEP = 30
ISSUER = "Openhall"
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret(random: Callable[[int], bytes]) -> bytes:
    """A shared secret of 20 bytes."""
    return random(20)


def written(secret: bytes) -> str:
    """The secret in base32, as it is typed into a generator."""
    return b32encode(secret).decode()


def address(secret: bytes, login: str) -> str:
    """The `otpauth:` address that a generator reads from a picture."""
    return pyotp.TOTP(written(secret), interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)


def fitting_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one or a neighbour (RFC 6238, 5.2); None for none of them."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
        return None
    generator = pyotp.TOTP(written(secret), interval=STEP)
    present = int(now.timestamp()) // STEP
    fitting = [step for step in (present - 1, present, present + 1) if _same(generator.generate_otp(step), digits)]
    return max(fitting, default=None)


def new_recovery_codes(random: Callable[[int], bytes]) -> list[str]:
    """Ten codes of ten letters and digits in two groups, 49 random bits each."""
    return [_code(random(10)) for _ in range(RECOVERY_CODES)]


def recovery_hash(account: str, code: str) -> bytes:
    """What is kept of a recovery code; spelling in capitals, with blanks or without hyphens makes no difference."""
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return sha256(b"recovery-code/v1\0" + account.encode() + b"\0" + plain.encode()).digest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _code(chance: bytes) -> str:
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in chance)
    return f"{letters[:5]}-{letters[5:]}"
