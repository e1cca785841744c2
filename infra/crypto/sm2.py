"""SM2 on Python integers (GB/T 32918): public-key encryption, and verification of signatures; not constant time.

A point is (x, y), or None at infinity; inside a multiplication it is Jacobian, (X, Y, Z) with x = X/Z², y = Y/Z³.
"""

from collections.abc import Callable
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SM3, Hash

from infra.kernel.problems import Problem

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
PUBLIC = 65
KEY = DIGEST = 32
DRAWN = 40
IDENTITY = b"1234567812345678"

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)


def sm3(*pieces: bytes) -> bytes:
    """SM3 (GB/T 32905) of the pieces one after the other, 32 bytes."""
    state = Hash(SM3())
    for piece in pieces:
        state.update(piece)
    return state.finalize()


def private_of(drawn: bytes) -> bytes:
    """The private key of 40 drawn or derived bytes: 1 + (big-endian integer mod n − 2), as 32 bytes."""
    return (1 + int.from_bytes(drawn) % (N - 2)).to_bytes(KEY)


def is_private(data: bytes) -> bool:
    """Whether these bytes are a private key: 32 of them, 1 … n − 2."""
    return len(data) == KEY and 1 <= int.from_bytes(data) <= N - 2


def public_key(private: bytes) -> bytes:
    """`04 ‖ x ‖ y` of a private key; `envelope.bad-key` for bytes that are none."""
    if not is_private(private):
        raise Problem("envelope.bad-key")
    return _written(_times(int.from_bytes(private), G))


def is_public(data: bytes) -> bool:
    """Whether these bytes are `04 ‖ x ‖ y` of a point on the curve; its order is prime, so every such point will do."""
    return _read(data) is not None


def encrypt(public: bytes, plaintext: bytes, random: Callable[[int], bytes]) -> bytes:
    """`04 ‖ x1 ‖ y1 ‖ C3 ‖ C2` (GB/T 32918.4), 97 bytes more than the plaintext; `envelope.bad-key` off the curve."""
    peer = _read(public)
    if peer is None:
        raise Problem("envelope.bad-key")
    while True:
        k = int.from_bytes(private_of(random(DRAWN)))
        shared = _halves(_times(k, peer))
        stream = _stream(shared, len(plaintext))
        if stream is not None:
            c1, c3 = _written(_times(k, G)), sm3(shared[0], plaintext, shared[1])
            return c1 + c3 + _xor(plaintext, stream)


def decrypt(private: bytes, blob: bytes) -> bytes:
    """The plaintext of `encrypt`; `envelope.unreadable` for a point off the curve, a wrong key or a changed byte."""
    peer = _read(blob[:PUBLIC])
    if peer is None or not is_private(private) or len(blob) < PUBLIC + DIGEST:
        raise Problem("envelope.unreadable")
    c3, c2 = blob[PUBLIC : PUBLIC + DIGEST], blob[PUBLIC + DIGEST :]
    shared = _halves(_times(int.from_bytes(private), peer))
    plaintext = _xor(c2, _stream(shared, len(c2)) or bytes(len(c2)))
    if not compare_digest(sm3(shared[0], plaintext, shared[1]), c3):
        raise Problem("envelope.unreadable")
    return plaintext


def wrap(public: bytes, share: bytes, info: bytes, random: Callable[[int], bytes]) -> bytes:
    """`share ‖ SM3(info)` for the holder of a key: SM2 has no associated data, so the digest travels inside."""
    return encrypt(public, share + sm3(info), random)


def unwrap(private: bytes, blob: bytes, info: bytes) -> bytes:
    """The share of `wrap`; `envelope.unreadable` for other info too."""
    plaintext = decrypt(private, blob)
    share, bound = plaintext[:-DIGEST], plaintext[-DIGEST:]
    if not compare_digest(sm3(info), bound):
        raise Problem("envelope.unreadable")
    return share


def verify(public: bytes, message: bytes, signature: bytes, identity: bytes = IDENTITY) -> bool:
    """Whether the 64 bytes r ‖ s are this key's SM2 signature of the message (GB/T 32918.2), signed as `identity`."""
    peer, r, s = _read(public), int.from_bytes(signature[:KEY]), int.from_bytes(signature[KEY:])
    if peer is None or len(signature) != 2 * KEY or not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    digest = int.from_bytes(sm3(signer_digest(public, identity), message))
    point = _affine(_add(_jacobian(_times(s, G)), _jacobian(_times((r + s) % N, peer))))
    return point is not None and (digest + point[0]) % N == r


def signer_digest(public: bytes, identity: bytes = IDENTITY) -> bytes:
    """Z_A of GB/T 32918.2 §5.5: who signs, on which curve, with which key."""
    curve = b"".join(number.to_bytes(KEY) for number in (A, B, *G))
    return sm3((8 * len(identity)).to_bytes(2), identity, curve, public[1:])


def _stream(shared: tuple[bytes, bytes], size: int) -> bytes | None:
    """The key derivation of GB/T 32918.4 §5.4.3; None where it is all zero, so that another k must be drawn."""
    blocks = (sm3(*shared, number.to_bytes(4)) for number in range(1, -(-size // DIGEST) + 1))
    stream = b"".join(blocks)[:size]
    return stream if any(stream) or not size else None


def _read(data: bytes) -> Point | None:
    if len(data) != PUBLIC or data[0] != 4:
        return None
    x, y = int.from_bytes(data[1:33]), int.from_bytes(data[33:])
    return (x, y) if x < P and y < P and (y * y - x * x * x - A * x - B) % P == 0 else None


def _written(point: Point) -> bytes:
    return b"\4" + b"".join(_halves(point))


def _halves(point: Point) -> tuple[bytes, bytes]:
    return point[0].to_bytes(KEY), point[1].to_bytes(KEY)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _times(factor: int, point: Point) -> Point:
    """`factor` (1 … n − 1) times a point of the curve, four bits at a time: never infinity, the order being prime."""
    multiples = [_INFINITY, _jacobian(point)]
    while len(multiples) < 16:
        multiples.append(_add(multiples[-1], multiples[1]))
    sum_ = _INFINITY
    for shift in range(252, -4, -4):
        sum_ = _double(_double(_double(_double(sum_))))
        sum_ = _add(sum_, multiples[factor >> shift & 15])
    found = _affine(sum_)
    assert found is not None
    return found


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if not z:
        return point
    square, zz = y * y % P, z * z % P
    s, m = 4 * x * square % P, 3 * (x - zz) * (x + zz) % P
    new = (m * m - 2 * s) % P
    return new, (m * (s - new) - 8 * square * square) % P, 2 * y * z % P


def _add(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    (x1, y1, z1), (x2, y2, z2) = one, other
    if not z1 or not z2:
        return one if z1 else other
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u, s = x1 * zz2 % P, y1 * zz2 * z2 % P
    h, r = (x2 * zz1 - u) % P, (y2 * zz1 * z1 - s) % P
    if not h:
        return _INFINITY if r else _double(one)
    hh = h * h % P
    hhh, v = h * hh % P, u * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s * hhh) % P, z1 * z2 * h % P


def _jacobian(point: Point) -> _Jacobian:
    return (*point, 1)


def _affine(point: _Jacobian) -> Point | None:
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P
