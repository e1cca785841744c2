"""Ed25519 signatures verified with the standard library alone (RFC 8032): slow, for a signature or two of an export."""

import hashlib

_P = 2**255 - 19
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ORDER = 2**252 + 27742317777372353535851937790883648493
_Point = tuple[int, int, int, int]


def ed25519_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature of the message (RFC 8032), slowly but without any library."""
    public, point = _point(key), _point(signature[:32])
    scale = int.from_bytes(signature[32:], "little")
    if len(key) != 32 or len(signature) != 64 or public is None or point is None or scale >= _ORDER:
        return False
    hashed_ = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _ORDER
    base = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    assert base is not None
    left, right = _times(scale, base), _add(point, _times(hashed_, public))
    same = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def _point(data: bytes) -> _Point | None:
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _add(one: _Point, two: _Point) -> _Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % _P, (one[1] + one[0]) * (two[1] + two[0]) % _P
    c, d = 2 * one[3] * two[3] * _D % _P, 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scale: int, point: _Point) -> _Point:
    found: _Point = (0, 1, 1, 0)
    while scale:
        if scale & 1:
            found = _add(found, point)
        point, scale = _add(point, point), scale >> 1
    return found
