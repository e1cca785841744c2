"""Shamir's secret sharing over GF(2^8), polynomial 0x11b, byte by byte; a share is `y_0 … y_31 ‖ x`."""

from collections.abc import Callable, Iterable, Sequence

from infra.kernel.problems import Problem


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        # 3 generates the field: value · 3 = value · 2 + value.
        value ^= value << 1 ^ (0x11B if value & 0x80 else 0)
    return powers, logs


_POWER, _LOG = _tables()


def split(secret: bytes, threshold: int, count: int, random: Callable[[int], bytes]) -> list[bytes]:
    """`count` shares (x = 1 … count), any `threshold` of which give the secret; coefficients drawn degree by degree."""
    if not 1 <= threshold <= count <= 255:
        raise Problem("seal.policy", policy=f"{threshold}-of-{count}")
    rows = [secret, *(random(len(secret)) for _ in range(threshold - 1))]
    return [bytes(_evaluate(column, x) for column in zip(*rows, strict=True)) + bytes([x]) for x in range(1, count + 1)]


def join(shares: Sequence[bytes]) -> bytes:
    """The secret through all the shares given: exactly as many as the threshold, or it is another secret."""
    return _interpolate(shares, 0)


def extend(shares: Sequence[bytes], count: int) -> list[bytes]:
    """All `count` shares of the one polynomial through the shares given (as many as the threshold)."""
    return [_interpolate(shares, x) + bytes([x]) for x in range(1, count + 1)]


def _interpolate(shares: Sequence[bytes], x: int) -> bytes:
    places = [share[-1] for share in shares]
    weights = [_weight(here, places, x) for here in places]
    columns = zip(*(share[:-1] for share in shares), strict=True)
    return bytes(_sum(map(_times, column, weights)) for column in columns)


def _weight(here: int, places: Sequence[int], x: int) -> int:
    """Lagrange's coefficient of the share at `here` for the value at `x`; subtraction is XOR."""
    others = [place for place in places if place != here]
    # A logarithm is needed only of non-zero values: places are distinct, and x may coincide with another place.
    if x in others:
        return 0
    exponent = sum(_LOG[x ^ place] - _LOG[here ^ place] for place in others)
    return _POWER[exponent % 255]


def _evaluate(column: Sequence[int], x: int) -> int:
    value = 0
    for coefficient in reversed(column):
        value = _times(value, x) ^ coefficient
    return value


def _times(a: int, b: int) -> int:
    return _POWER[_LOG[a] + _LOG[b]] if a and b else 0


def _sum(values: Iterable[int]) -> int:
    total = 0
    for value in values:
        total ^= value
    return total
