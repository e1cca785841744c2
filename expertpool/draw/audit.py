"""What the supervisor does about a draw: the audit of a pool sent for checking, and what allows another attempt."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from expertpool.draw import rules
from expertpool.draw.needs import Need, fits, parse_need
from infra.crypto.sign import labelled
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem

CODE = "openhall 0.1.0"
REDRAW_LABEL = "openhall redraw/v1"
REASONS = frozenset({"profession", "region", "status", "unavailable", "recusal"})
"""Why somebody of the pool may be left out of a draw."""


def audit(frozen_facts: dict[str, Any], document: dict[str, Any]) -> None:
    """`draw.…` unless the frozen event is what these records, this request and this secret give.

    Where the raw professions and regions came too (`served`), whom each record serves is computed from them, and nobody
    may stand in the pool and among those `left` out: `draw.wrong-specialty`, `draw.left-out`.
    """
    frozen = rules.frozen_of({name: document[name] for name in ("facts", "secret", "lists")})
    if not rules.same(frozen.facts, frozen_facts):
        raise Problem("draw.frozen", field="facts")
    records = records_of(document)
    if "served" in document:
        _check_served(document["request"], records, document["served"])
        _check_left({record.identity for record in records}, document["left"])
    rules.audit_pool(frozen, make_request(frozen_facts["draw_id"], document["request"]), records)


def make_request(draw_id: str, request: Mapping[str, Any]) -> rules.Request:
    """The draw's request in the form the rules take."""
    return rules.Request(
        draw_id, request["quota"], request["alternates"], tuple(request["avoid"]), digest(dict(request)), CODE
    )


def told(record: rules.Record) -> list[Any]:
    """A record as it stands in a pool's document."""
    return [record.identity, record.employer, list(record.specialties), record.times_drawn]


def records_of(document: Mapping[str, Any]) -> list[rules.Record]:
    """The eligible records as the platform listed them."""
    return [
        rules.Record(identity, employer, tuple(specialties), times)
        for identity, employer, specialties, times in document["records"]
    ]


def need_of(code: str, home: str) -> Need:
    """The need a specialty of a draw stands for: a bare profession is needed in the draw's own region `home`."""
    return parse_need(code) if "@" in code else Need(code, home)


def serves(quota: Iterable[str], needs: Sequence[Need], professions: Collection[str], region: str) -> tuple[str, ...]:
    """The specialties of a draw that somebody of these professions and this region serves; `needs` as the quota."""
    return tuple(code for code, need in zip(quota, needs, strict=True) if fits(need, professions, region))


def redraw_message(draw_id: str, reason: str) -> bytes:
    """The 32 bytes the supervisor signs to allow the attempt `<section>/<n>`."""
    return sha256(labelled(REDRAW_LABEL, digest({"draw": draw_id, "reason": reason}))).digest()


def _check_served(request: Mapping[str, Any], records: Sequence[rules.Record], served: Sequence[Any]) -> None:
    needs = [need_of(code, request["region"]) for code in request["quota"]]
    for record, (professions, region) in zip(records, served, strict=True):
        if set(serves(request["quota"], needs, professions, region)) != set(record.specialties):
            raise Problem("draw.wrong-specialty", specialties=", ".join(record.specialties))


def _check_left(taken: Collection[str], left: Iterable[Sequence[str]]) -> None:
    for identity, why in left:
        if identity in taken or why not in REASONS:
            raise Problem("draw.left-out", why=why)
