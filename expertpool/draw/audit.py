"""What the supervisor does about a draw: the audit of a pool sent for checking, and what allows another attempt."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from expertpool.draw import rules
from infra.crypto.sign import labelled
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem

CODE = "openhall 0.1.0"
REDRAW_LABEL = "openhall redraw/v1"


def audit(frozen_facts: dict[str, Any], document: dict[str, Any]) -> None:
    """`draw.…` unless the frozen event is what these records, this request and this secret give."""
    frozen = rules.frozen_of({name: document[name] for name in ("facts", "secret", "lists")})
    if not rules.same(frozen.facts, frozen_facts):
        raise Problem("draw.frozen", field="facts")
    rules.audit_pool(frozen, make_request(frozen_facts["draw_id"], document["request"]), records_of(document))


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


def redraw_message(draw_id: str, reason: str) -> bytes:
    """The 32 bytes the supervisor signs to allow the attempt `<section>/<n>`."""
    return sha256(labelled(REDRAW_LABEL, digest({"draw": draw_id, "reason": reason}))).digest()
