"""The file as a whole and its events: complete index, right policy, every event proven, one chain without a gap.

Only the bids of a section that failed at its closing stay hidden: the numbers between notice and closing that are not
in the file. Nothing is hidden before the notice or after the closing.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from infra.crypto.seal_header import SECTION
from infra.kernel.canonical import canonical, unb64
from infra.kernel.fields import array_at, count_at, members_at, text_at
from infra.kernel.problems import Problem
from infra.tlog import entry
from infra.tlog.policy import NONE, Policy, parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from trading.archive.bundle import INDEX, SEAL, index_of
from trading.archive.verify_dossier import SLACK, Dossier, Logged, canonical_json, json_member, placed, utc
from trading.archive.verify_shapes import read_facts

EVENTS = "events.json"
POLICY = "policy.txt"
ARCHIVED = "section.archived"
NOTICE, CLOSING, FAILED = "notice.published", "section.closed", "failed"
SKEW = timedelta(minutes=2)
_MOST_EVENTS = 2**31


def check_index(members: Mapping[str, bytes]) -> None:
    """Index and members agree both ways, byte for byte; `evidence.member-…` names the first that does not."""
    stated = json_member(members, INDEX)
    with placed(INDEX):
        rows = members_at(stated, "$", ("format", "members"))["members"]
        if not isinstance(rows, dict):
            raise Problem("evidence.type", path="$.members", expected="object")
    expected = canonical_json(index_of(members), INDEX)
    for name in sorted({*rows, *expected["members"]}):
        if name not in members:
            raise Problem("evidence.member-missing", where=name)
        if name not in rows:
            raise Problem("evidence.member-unlisted", where=name)
        if rows[name] != expected["members"].get(name):
            raise Problem("evidence.member-changed", where=name)
    if members[INDEX] != canonical(expected):
        raise Problem("evidence.member-changed", where=INDEX)


def check_policy(members: Mapping[str, bytes], given: Policy | None) -> Policy:
    """The policy to judge by: the given one, which the file's own must equal key for key, else the file's own.

    `evidence.policy-differs`; `evidence.policy-weak` where a policy lacks what this kind of evidence rests on.
    """
    if POLICY not in members:
        raise Problem("evidence.member-missing", where=POLICY)
    with placed(POLICY):
        own = parse_policy(members[POLICY])
        if given is not None:
            for part in ("log", "witnesses", "groups", "quorum", "custodians", "authorities", "opening"):
                if getattr(own, part) != getattr(given, part):
                    raise Problem("evidence.policy-differs", part=part)
        needed = {
            "quorum": own.quorum != NONE,
            "custodian": len(own.custodians) > 1,
            "authority": bool(own.authorities),
            "opening": own.opening is not None,
        }
        for part, there in needed.items():
            if not there:
                raise Problem("evidence.policy-weak", part=part)
    return own if given is None else given


def read_dossier(members: Mapping[str, bytes], policy: Policy) -> Dossier:
    """Every event proven under the policy and linked to the one before, the seal last; `evidence.…`, `log.…`."""
    rows = array_at(json_member(members, EVENTS), "$")
    events: list[Logged] = []
    for number, row in enumerate(rows, 1):
        events.append(_logged(row, policy, events, EVENTS, f"{EVENTS}, event {number}"))
    if not events:
        raise Problem("evidence.event-missing", name="section.created", where=EVENTS)
    seal = _logged(json_member(members, SEAL), policy, events, SEAL, SEAL)
    if seal.name != ARCHIVED or any(one.name == ARCHIVED for one in events):
        raise Problem("evidence.seal", why="the last event does not seal the file", where=seal.where)
    if unb64(seal.facts["index"]) != sha256(members[INDEX]).digest():
        raise Problem("evidence.seal", why="it seals another index", where=seal.where)
    _check_hidden([*events, seal])
    _check_times([*events, seal])
    _check_one_tree([*events, seal])
    return Dossier(events[0].section, members, policy, tuple(events))


def _logged(row: Any, policy: Policy, before: list[Logged], member: str, where: str) -> Logged:
    """One entry of `events.json` (or the seal): the preimage of a leaf, proven, and the next link of the chain."""
    with placed(where):
        found = members_at(row, "$", ("event", "salt", "proof", "link"))
        event = canonical_json(text_at(found["event"], "$.event"), where)
        if not isinstance(event, dict):
            raise Problem("evidence.type", path="$.event", expected="object")
        leaf = entry.entry(unb64(text_at(found["salt"], "$.salt"), 32), event)
        where = f"{where} ({event['event']})" if member == EVENTS else where
    with placed(where):
        number = _check_link(found["link"], event, before)
        _check_section(event, before)
        proof = parse_proof(text_at(found["proof"], "$.proof"))
        if proof.extra is not None:
            raise Problem("evidence.extra")
        checkpoint = verify_proof(proof, leaf, policy, strict=True)
        facts = read_facts(event["event"], event["facts"], where)
        return Logged(
            number=number,
            name=event["event"],
            section=event["section"],
            at=utc(event["at"], where),
            facts=facts,
            entry=leaf,
            leaf=proof.index,
            size=checkpoint.size,
            root=checkpoint.root,
            times=checkpoint.times,
            member=member,
        )


def _check_link(value: Any, event: Mapping[str, Any], before: list[Logged]) -> int:
    """The event's number: the next one, pointing to the entry before, or a later one where bids may be hidden."""
    link = members_at(value, "$.link", ("salt", "number", "previous"))
    expected = before[-1].number + 1 if before else 1
    number = count_at(link["number"], "$.link.number", 1, _MOST_EVENTS)
    previous = unb64(text_at(link["previous"], "$.link.previous"), 32)
    if number != expected and not (number > expected and _may_hide(before)):
        raise Problem("evidence.chain", number=number, expected=expected)
    if number == expected and previous != (before[-1].entry if before else entry.NO_ENTRY):
        raise Problem("evidence.chain", number=number, expected=expected)
    salt = unb64(text_at(link["salt"], "$.link.salt"), 32)
    if entry.link(salt, number, previous) != unb64(event["link"], 32):
        raise Problem("evidence.link", number=number)
    return number


def _may_hide(before: list[Logged]) -> bool:
    names = {one.name for one in before}
    return NOTICE in names and CLOSING not in names


def _check_hidden(events: list[Logged]) -> None:
    """`evidence.chain` for a gap unless the section failed at its closing: elsewhere every bid is told."""
    closed = next((one for one in events if one.name == CLOSING), None)
    if closed is not None and closed.facts["outcome"] == FAILED:
        return
    for one, then in pairwise(events):
        if then.number != one.number + 1:
            raise Problem("evidence.chain", number=then.number, expected=one.number + 1, where=then.where)


def _check_section(event: Mapping[str, Any], before: list[Logged]) -> None:
    section = event.get("section", "")
    expected = before[0].section if before else section
    if section != expected or not re.fullmatch(SECTION, section):
        raise Problem("evidence.section", found=section, expected=expected)


def _check_times(events: list[Logged]) -> None:
    """Places in the log rise with the numbers; no event is stamped later than its co-signing or far before another."""
    leaf, latest = -1, events[0].at
    for one in events:
        if one.leaf <= leaf:
            raise Problem("evidence.leaf-order", leaf=one.leaf, before=leaf, where=one.where)
        if one.at < latest - SLACK:
            raise Problem("evidence.time-order", at=one.at, before=latest, where=one.where)
        leaf, latest = one.leaf, max(latest, one.at)
        if one.at.timestamp() > max(one.times.values()) + SKEW.total_seconds():
            raise Problem("evidence.time", at=one.at, where=one.where)


def _check_one_tree(events: list[Logged]) -> None:
    roots: dict[int, bytes] = {}
    for one in events:
        if roots.setdefault(one.size, one.root) != one.root:
            raise Problem("evidence.fork", size=one.size, where=one.where)
