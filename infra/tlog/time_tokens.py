"""Time tokens (RFC 3161): what a time-stamp authority outside the platform signed about a checkpoint, and when."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.x509 import load_der_x509_certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from infra.kernel.problems import Problem
from infra.tlog.note import parse_note

MOST_BYTES = 65_536
CERTIFICATES = 0xA0
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


def stamped(note: str | bytes, origin: str) -> bytes:
    """What a token is over: the checkpoint's text and the log's own signature line, whatever co-signatures follow."""
    found = parse_note(note)
    text = note.decode() if isinstance(note, bytes) else note
    lines = [line for line in text[len(found.text) + 1 :].splitlines(True) if line.split(" ")[1] == origin]
    return f"{found.text}\n{''.join(lines)}".encode()


def ask(content: bytes) -> bytes:
    """The DER request for a token over SHA-256 of the content, with a nonce, asking for the authority's certificates."""
    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def check_token(token: bytes, content: bytes, anchors: Mapping[str, bytes]) -> tuple[str, datetime]:
    """By whose anchor (a policy's name) the token over this content holds, and its time in UTC; `log.time-token`.

    Certificates need to have been valid at the token's time, not now.
    """
    answer = _read(token)
    for name, anchor in anchors.items():
        try:
            certificate = load_der_x509_certificate(anchor)
            VerifierBuilder(roots=[certificate]).build().verify(answer, sha256(content).digest())
        except (VerificationError, ValueError) as error:
            why = str(error)
        else:
            return name, answer.tst_info.gen_time.astimezone(UTC)
    raise Problem("log.time-token", why=why if anchors else "the policy names no time-stamp authority")


def require_about(token: bytes, content: bytes) -> None:
    """`log.time-token` unless the token says it is over SHA-256 of this content; whose it is stays open."""
    if _read(token).tst_info.message_imprint.message != sha256(content).digest():
        raise Problem("log.time-token", why="it is about something else")


def time_of(token: bytes) -> datetime:
    """The time a token states, in UTC, unverified; `log.time-token` where it is none."""
    return _read(token).tst_info.gen_time.astimezone(UTC)


def _read(token: bytes) -> TimeStampResponse:
    if len(token) > MOST_BYTES:
        raise Problem("log.time-token", why=f"longer than {MOST_BYTES} bytes")
    try:
        return decode_timestamp_response(_in_order(token))
    except (ValueError, IndexError) as error:
        raise Problem("log.time-token", why="not an RFC 3161 answer with a token") from error


def _in_order(token: bytes) -> bytes:
    """The same answer with its certificates in the order of DER, which many authorities (OpenSSL's too) do not keep.

    No signature is over them, and a set has no order; but the library reads nothing else.
    """
    _, content_info, *_ = _elements(token, 0)
    _, wrapped, *_ = _elements(token, content_info)
    signed_data, *_ = _elements(token, wrapped)
    place = _elements(token, signed_data)[3]
    if token[place] != CERTIFICATES:
        return token
    places = _elements(token, place)
    ends = [*places[1:], _span(token, place)[1]]
    found = sorted(token[low:high] for low, high in zip(places, ends, strict=True))
    return token[: places[0]] + b"".join(found) + token[ends[-1] :]


def _elements(data: bytes, place: int) -> list[int]:
    """Where the elements inside the DER element at `place` begin."""
    at, end = _span(data, place)
    found = []
    while at < end:
        found.append(at)
        at = _span(data, at)[1]
    return found


def _span(data: bytes, place: int) -> tuple[int, int]:
    """Where the content of the DER element at `place` begins and ends."""
    length, at = data[place + 1], place + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at : at + count], "big"), at + count
    if at + length > len(data):
        raise IndexError
    return at, at + length
