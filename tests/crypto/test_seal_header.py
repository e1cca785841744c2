"""The header: one way to write it, and every other way refused by the code that names the fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealing_scene import FACTOR, a_bid

from infra.crypto.seal_header import Header, parse_header
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem

CONTAINER, _ = a_bid()
HEADER = parse_header(CONTAINER)
TEXT = HEADER.encode()
LINES = TEXT.decode().splitlines()


def header_with(number: int, line: str) -> bytes:
    """The header with line `number` (from 1) replaced."""
    lines = [line if place == number else old for place, old in enumerate(LINES, 1)]
    return "".join(one + "\n" for one in lines).encode()


def test_a_header_is_the_ten_lines_and_the_rule() -> None:
    assert [line.split(" ")[0] for line in LINES] == [
        "sealed-bid/v1", "suite", "section", "bidder", "deadline", "keyset", "policy", "share", "share", "share", "---",
    ]  # fmt: skip


def test_a_header_ends_where_the_payload_begins() -> None:
    assert CONTAINER.startswith(TEXT)
    assert TEXT.endswith(b"\n---\n")


def test_shares_are_bound_to_the_lines_before_them() -> None:
    assert TEXT.startswith(HEADER.pre())
    assert TEXT[len(HEADER.pre()) :].startswith(b"share 1 ")


def test_the_policy_names_the_bidder_where_a_factor_is_needed() -> None:
    container, _ = a_bid(factor=FACTOR)
    assert parse_header(container).policy == "2-of-3 bidder"


HASH = b64(bytes(32))
SHARE = b64(bytes(81))
REFUSED = {
    "another version": (header_with(1, "sealed-bid/v2"), "version"),
    "a PDF": (b"%PDF-1.7\n", "version"),
    "a long binary": (bytes(9000), "version"),
    "byte order mark": (b"\xef\xbb\xbf" + TEXT, "version"),
    "space after the version": (header_with(1, "sealed-bid/v1 "), "version"),
    "another suite": (header_with(2, "suite RSA-DES-MD5"), "suite"),
    "the suite to come": (header_with(2, "suite XWING-AES256GCM-SHA512"), "suite"),
    "the other suite's shares": (header_with(2, "suite SM2-SM4GCM-SM3"), "wrap"),
    "suite in small letters": (header_with(2, LINES[1].lower()), "suite"),
    "CRLF everywhere": (TEXT.replace(b"\n", b"\r\n"), "crlf"),
    "CRLF in one line": (header_with(5, LINES[4] + "\r"), "crlf"),
    "CRLF after the rule": (TEXT[:-1] + b"\r\n", "crlf"),
    "section in small letters": (header_with(3, "section t1/s1/technical/1"), "line"),
    "part in capitals": (header_with(3, "section T1/S1/Technical/1"), "line"),
    "round 0": (header_with(3, "section T1/S1/technical/0"), "line"),
    "round with a leading zero": (header_with(3, "section T1/S1/technical/01"), "line"),
    "round 100": (header_with(3, "section T1/S1/technical/100"), "line"),
    "no round": (header_with(3, "section T1/S1/technical"), "line"),
    "five names": (header_with(3, "section T1/S1/technical/1/1"), "line"),
    "tender beginning with a dot": (header_with(3, "section .T1/S1/technical/1"), "line"),
    "tender of 65 letters": (header_with(3, f"section {'T' * 65}/S1/technical/1"), "line"),
    "part of 33 letters": (header_with(3, f"section T1/S1/{'p' * 33}/1"), "line"),
    "trailing space": (header_with(3, LINES[2] + " "), "line"),
    "two spaces": (header_with(3, LINES[2].replace(" ", "  ")), "line"),
    "tab": (header_with(3, LINES[2].replace(" ", "\t")), "line"),
    "Arabic digit": (header_with(3, "section T1/S1/technical/١"), "line"),
    "not UTF-8": (TEXT.replace(b"section ", b"section \xff"), "line"),
    "offset instead of Z": (header_with(5, "deadline 2026-12-01T09:30:00+08:00"), "line"),
    "no such day": (header_with(5, "deadline 2026-02-30T01:30:00Z"), "line"),
    "hour 24": (header_with(5, "deadline 2026-12-01T24:00:00Z"), "line"),
    "leap second": (header_with(5, "deadline 2026-12-31T23:59:60Z"), "line"),
    "year 0": (header_with(5, "deadline 0000-12-01T01:30:00Z"), "line"),
    "fraction of a second": (header_with(5, "deadline 2026-12-01T01:30:00.0Z"), "line"),
    "bidder not base64": (header_with(4, "bidder !!!!"), "base64"),
    "bidder unpadded": (header_with(4, "bidder " + HASH.rstrip("=")), "base64"),
    "bidder in the URL alphabet": (header_with(4, "bidder " + b64(b"\xff" * 32).replace("/", "_")), "base64"),
    "bidder with trailing bits": (header_with(4, "bidder " + HASH[:-2] + "B="), "base64"),
    "bidder of 31 bytes": (header_with(4, "bidder " + b64(bytes(31))), "base64"),
    "bidder empty": (header_with(4, "bidder "), "base64"),
    "keyset of 33 bytes": (header_with(6, "keyset " + b64(bytes(33))), "base64"),
    "keyset with a space inside": (header_with(6, f"keyset {HASH[:10]} {HASH[10:]}"), "base64"),
    "share not base64": (header_with(8, "share 1 ???"), "base64"),
    "share unpadded": (header_with(9, f"share 2 {b64(bytes(82)).rstrip('=')}"), "base64"),
    "share of 80 bytes": (header_with(8, f"share 1 {b64(bytes(80))}"), "wrap"),
    "0-of-3": (header_with(7, "policy 0-of-3"), "policy"),
    "4-of-3": (header_with(7, "policy 4-of-3"), "policy"),
    "leading zero": (header_with(7, "policy 02-of-3"), "policy"),
    "plus sign": (header_with(7, "policy +2-of-3"), "policy"),
    "other word": (header_with(7, "policy 2-of-3 bidders"), "policy"),
    "two spaces before bidder": (header_with(7, "policy 2-of-3  bidder"), "policy"),
    "trailing space after the policy": (header_with(7, "policy 2-of-3 "), "policy"),
    "2-of-256": (header_with(7, "policy 2-of-256"), "policy"),
    "no policy": (header_with(7, "policy "), "policy"),
    "a missing line": (TEXT.replace(LINES[4].encode() + b"\n", b""), "line"),
    "a line twice": (header_with(5, LINES[4] + "\n" + LINES[4]), "line"),
    "two lines exchanged": ("\n".join([*LINES[:3], LINES[4], LINES[3], *LINES[5:]]).encode() + b"\n", "line"),
    "an unknown line": (header_with(7, LINES[6] + "\nnote hello"), "line"),
    "an empty line": (header_with(7, LINES[6] + "\n"), "line"),
    "a share missing": (TEXT.replace(LINES[9].encode() + b"\n", b""), "line"),
    "a share too many": (header_with(10, LINES[9] + f"\nshare 4 {SHARE}"), "line"),
    "shares exchanged": ("\n".join([*LINES[:7], LINES[8], LINES[7], *LINES[9:]]).encode() + b"\n", "line"),
    "share 01": (header_with(8, LINES[7].replace("share 1", "share 01")), "line"),
    "more shares than the policy": (header_with(7, "policy 2-of-2"), "line"),
    "fewer shares than the policy": (header_with(7, "policy 2-of-4"), "line"),
    "no rule": (TEXT[:-4] + b"payload\n", "line"),
    "four dashes": (TEXT[:-1] + b"-\n", "line"),
    "a line of 8 KiB and one byte": (header_with(4, "bidder " + "A" * 8185), "line"),
    "nothing": (b"", "truncated"),
    "half the first line": (b"sealed-b", "truncated"),
    "half a header": (TEXT[:300], "truncated"),
    "all but the last line feed": (TEXT[:-1], "truncated"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_malformed_header_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        parse_header(data)
    assert refusal.value.code == f"seal.{code}"


def test_a_line_of_exactly_8_kib_is_not_too_long() -> None:
    with pytest.raises(Problem, match=r"seal\.base64"):
        parse_header(header_with(4, "bidder " + "A" * 8184))


def many(count: int) -> bytes:
    head = HEADER.pre().replace(b"policy 2-of-3", b"policy 2-of-%d" % count)
    return head + b"".join(b"share %d %s\n" % (n, SHARE.encode()) for n in range(1, count + 1)) + b"---\n"


def test_64_lines_are_read_and_65_refused() -> None:
    assert len(parse_header(many(56)).shares) == 56
    with pytest.raises(Problem, match=r"seal\.line: number=65"):
        parse_header(many(57))


NAMES = st.from_regex(r"[A-Z0-9][A-Z0-9.-]{0,63}", fullmatch=True)


@given(
    tender=NAMES,
    section=NAMES,
    part=st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True),
    round_=st.integers(1, 99),
    hashes=st.tuples(*[st.binary(min_size=32, max_size=32)] * 2),
    shares=st.lists(st.binary(min_size=81, max_size=81), min_size=1, max_size=5),
    factor=st.booleans(),
)
def test_a_header_is_read_as_it_was_written(
    tender: str, section: str, part: str, round_: int, hashes: tuple[bytes, bytes], shares: list[bytes], factor: bool
) -> None:
    header = Header(
        suite=HEADER.suite, section=f"{tender}/{section}", part=part, round=str(round_), bidder=hashes[0],
        deadline="2026-12-01T01:30:00Z", keyset=hashes[1], threshold=1, count=len(shares), bidder_factor=factor,
        shares=tuple(shares),
    )  # fmt: skip
    assert parse_header(header.encode() + b"payload") == header


def rewritten(data: bytes) -> bytes | None:
    """The header parsed and written again; None where it is refused."""
    try:
        return parse_header(data).encode()
    except Problem:
        return None


def test_nothing_in_a_header_is_normalised_away() -> None:
    changes = (TEXT[:at] + bytes([TEXT[at] ^ 1]) + TEXT[at + 1 :] for at in range(len(TEXT)))
    assert all(rewritten(change) in (change, None) for change in changes)
