"""The header of a sealed bid: parsed strictly, so that there is exactly one way to write each header."""

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Never, Protocol

from infra.crypto.seal_suite import find_suite
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

VERSION = b"sealed-bid/v1\n"
RULE = b"---\n"
LONGEST_LINE = 8192
MOST_LINES = 64
MOST_CUSTODIANS = MOST_LINES - 8

SECTION = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,63}/[A-Z0-9][A-Z0-9.-]{0,63}")
PART = re.compile(r"[a-z][a-z0-9-]{0,31}")
ROUND = re.compile(r"[1-9][0-9]?")
DEADLINE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_WHERE = re.compile(rf"({SECTION.pattern})/({PART.pattern})/({ROUND.pattern})")
_POLICY = re.compile(r"([1-9][0-9]{0,2})-of-([1-9][0-9]{0,2})( bidder)?")


class Readable(Protocol):
    """A blocking binary stream: `io.BytesIO`, a file opened with "rb", an HTTP response's buffered body."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill what can be filled now; 0 only at the end."""
        ...

    def readline(self, size: int, /) -> bytes:
        """Up to and with the next LF, at most `size` bytes."""
        ...


@dataclass(frozen=True)
class Header:
    """What a sealed bid says of itself. `section` is `<tender>/<section>`; hashes and shares are raw bytes."""

    suite: str
    section: str
    part: str
    round: str
    bidder: bytes
    deadline: str
    keyset: bytes
    threshold: int
    count: int
    bidder_factor: bool
    shares: tuple[bytes, ...] = ()

    @property
    def policy(self) -> str:
        """`2-of-3`, with ` bidder` where the bidder's own factor is needed too."""
        return f"{self.threshold}-of-{self.count}" + (" bidder" if self.bidder_factor else "")

    def pre(self) -> bytes:
        """The bytes every share is bound to: all lines but the shares and the rule."""
        lines = [
            f"suite {self.suite}",
            f"section {self.section}/{self.part}/{self.round}",
            f"bidder {b64(self.bidder)}",
            f"deadline {self.deadline}",
            f"keyset {b64(self.keyset)}",
            f"policy {self.policy}",
        ]
        return VERSION + "".join(line + "\n" for line in lines).encode()

    def encode(self) -> bytes:
        """The whole header, from the first byte through the rule."""
        shares = (f"share {index} {b64(share)}\n" for index, share in enumerate(self.shares, 1))
        return self.pre() + "".join(shares).encode() + RULE


def parse_header(data: bytes) -> Header:
    """The header at the beginning of a container; the payload begins at `len(header.encode())`."""
    return read_header(BytesIO(data))


def read_header(source: Readable) -> Header:
    """Read a header and not one byte more; each fault is refused with the first code that names it."""
    lines = _Lines(source)
    lines.version()
    suite = find_suite(lines.value("suite"))
    where = _WHERE.fullmatch(lines.value("section")) or lines.refuse()
    bidder = lines.hash("bidder")
    deadline = lines.value("deadline")
    if not is_time(deadline):
        lines.refuse()
    keyset = lines.hash("keyset")
    threshold, count, factor = parse_policy(lines.value("policy"))
    shares = tuple(lines.share(index, suite.wrapped) for index in range(1, count + 1))
    if lines.next() != RULE:
        lines.refuse()
    section, part, round = where.groups()
    return Header(
        suite.name, section, part, round, bidder, deadline, keyset, threshold, count, factor, shares
    )  # fmt: skip


def parse_policy(text: str) -> tuple[int, int, bool]:
    """(t, n, whether the bidder's factor is needed) of `t-of-n[ bidder]`; `seal.policy` otherwise."""
    match = _POLICY.fullmatch(text)
    if match is None or not int(match[1]) <= int(match[2]) <= 255:
        raise Problem("seal.policy", policy=text)
    return int(match[1]), int(match[2]), match[3] is not None


def is_time(text: str) -> bool:
    """Whether this is a real moment written `YYYY-MM-DDThh:mm:ssZ`."""
    if not DEADLINE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


class _Lines:
    """The lines of a header, one after the other, with the line number for a refusal."""

    def __init__(self, source: Readable) -> None:
        self.source = source
        self.number = 0

    def version(self) -> None:
        self.number = 1
        first = self.source.readline(LONGEST_LINE)
        if first == VERSION:
            return
        if first == VERSION.replace(b"\n", b"\r\n"):
            raise Problem("seal.crlf", number=1)
        if VERSION.startswith(first):
            raise Problem("seal.truncated")
        raise Problem("seal.version")

    def next(self) -> bytes:
        self.number += 1
        line = self.source.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE or self.number > MOST_LINES:
            self.refuse()
        if not line.endswith(b"\n"):
            raise Problem("seal.truncated")
        if b"\r" in line:
            raise Problem("seal.crlf", number=self.number)
        return line

    def value(self, name: str) -> str:
        try:
            line = self.next()[:-1].decode()
        except UnicodeDecodeError:
            self.refuse()
        if not line.startswith(name + " "):
            self.refuse()
        return line[len(name) + 1 :]

    def decoded(self, name: str) -> bytes:
        text = self.value(name)
        try:
            return unb64(text)
        except Problem as problem:
            raise Problem("seal.base64", field=name) from problem

    def hash(self, name: str) -> bytes:
        value = self.decoded(name)
        if len(value) != 32:
            raise Problem("seal.base64", field=name)
        return value

    def share(self, index: int, size: int) -> bytes:
        value = self.decoded(f"share {index}")
        if len(value) != size:
            raise Problem("seal.wrap", custodian=index)
        return value

    def refuse(self) -> Never:
        raise Problem("seal.line", number=self.number)
