"""A section's evidence taken apart: its members, its proven events in order, and the policy they are judged by."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from infra.auth.signing import Certified, read_certificate, verify_signature
from infra.kernel.canonical import canonical, parse
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy

# A line is stamped when it is written; the use-case's own time was read when its transaction began.
SLACK = timedelta(minutes=1)

_UTC = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


@dataclass(frozen=True)
class Logged:
    """One event that is proven to stand in the log: at `leaf`, under a checkpoint of `size` co-signed at `times`."""

    number: int
    name: str
    section: str
    at: datetime
    facts: Mapping[str, Any]
    entry: bytes
    leaf: int
    size: int
    root: bytes
    times: Mapping[str, int]
    member: str = "events.json"

    @property
    def subject(self) -> str:
        """What the event is about."""
        return str(self.facts["subject"])

    @property
    def where(self) -> str:
        """The event's place in the file, for a refusal."""
        return f"{self.member}, event {self.number} ({self.name})"


@dataclass(frozen=True)
class Dossier:
    """The evidence of one section (`<tender>/<section>`); `events` are numbered from 1, in a gap are hidden bids."""

    section: str
    members: Mapping[str, bytes]
    policy: Policy
    events: tuple[Logged, ...]
    objections_before: int = 0
    """How many objections were raised to the results of evaluations that were set aside."""

    def all(self, *names: str) -> list[Logged]:
        """The events of these names, in their order."""
        return [one for one in self.events if one.name in names]

    def one(self, name: str) -> Logged:
        """The only event of this name; `evidence.event-missing`, `evidence.event-twice`."""
        found = self.all(name)
        if not found:
            raise Problem("evidence.event-missing", name=name, where="events.json")
        if len(found) > 1:
            raise Problem("evidence.event-twice", name=name, where=found[1].where)
        return found[0]

    def after(self, event: Logged) -> list[Logged]:
        """The events recorded later than one of them."""
        return [one for one in self.events if one.number > event.number]

    @property
    def hidden(self) -> int:
        """How many events of the section the file keeps to itself: numbers between its events that none of them has."""
        return self.events[-1].number - len(self.events)

    def cosigned_since(self, event: Logged, earliest: datetime) -> bool:
        """Whether the quorum co-signed the event's checkpoint at or after a time (their clocks count whole seconds)."""
        return self.policy.reached([name for name, time in event.times.items() if time >= int(earliest.timestamp())])

    def signed(self, certificate: bytes, signature: bytes, message: bytes, at: datetime) -> Certified:
        """Whom a certificate of the policy's authorities names, once its key has signed the 32 bytes; `signing.…`."""
        return self._under_any(lambda key: verify_signature(key, certificate, signature, message, at))

    def certified(self, certificate: bytes, at: datetime) -> Certified:
        """Whom a certificate of the policy's authorities names at that time; `signing.…`."""
        return self._under_any(lambda key: read_certificate(key, certificate, at))

    def _under_any(self, check: Any) -> Certified:
        refusals = []
        for key in self.policy.authorities.values():
            try:
                found: Certified = check(key)
                return found
            except Problem as problem:
                refusals.append(problem)
        raise refusals[-1]


@contextmanager
def placed(where: str) -> Iterator[None]:
    """A refusal raised inside tells where in the file it stands, unless it says so already."""
    try:
        yield
    except Problem as problem:
        if "where" in problem.facts:
            raise
        raise Problem(problem.code, **problem.facts, where=where) from problem


def json_member(members: Mapping[str, bytes], name: str) -> Any:
    """A member that is canonical JSON; `evidence.member-missing`, `evidence.json`."""
    if name not in members:
        raise Problem("evidence.member-missing", where=name)
    return canonical_json(members[name], name)


def canonical_json(data: bytes | str, where: str) -> Any:
    """The value of canonical JSON and of nothing else; `evidence.json`."""
    try:
        return parse(data.encode() if isinstance(data, str) else data)
    except (Problem, ValueError, RecursionError) as error:
        raise Problem("evidence.json", why=str(error), where=where) from error


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; unlike Python's own equality it tells true from 1."""
    return canonical(one) == canonical(other)


def in_order(*events: Logged) -> None:
    """`evidence.order` unless the events stand in the section's record in this order."""
    for first, then in pairwise(events):
        if first.number >= then.number:
            raise Problem("evidence.order", first=first.name, then=then.name, where=then.where)


def after_cosigning(firsts: Collection[Logged], then: Logged) -> None:
    """`evidence.not-cosigned` unless each first event stood in a co-signed checkpoint when the other was logged."""
    for first in firsts:
        if first.size > then.leaf:
            raise Problem("evidence.not-cosigned", first=first.where, then=then.name, where=then.where)


def utc(text: Any, where: str) -> datetime:
    """A UTC instant `YYYY-MM-DDThh:mm:ss[.ffffff]Z` of this millennium; `evidence.time-format`."""
    try:
        if not _UTC.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Problem("evidence.time-format", text=str(text)[:40], where=where) from error
