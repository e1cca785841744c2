"""What the supervisor does about a draw: the audit of a pool sent for checking, and what allows another attempt."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

from expertpool.draw import rules
from expertpool.draw.entries import Entry, unpacked
from expertpool.draw.needs import Need, fits, parse_need
from infra.crypto import lottery
from infra.crypto.sign import labelled
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem

CODE = "openhall 0.1.0"
REDRAW_LABEL = "openhall redraw/v1"
REASONS = frozenset({"profession", "region", "status", "unavailable", "recusal", "called"})
"""Why somebody of the pool may be left out of a draw."""
_OF_ENTRY = REASONS - {"profession", "region"}


def audit(facts: Mapping[str, Any], head: Mapping[str, Any], pieces: Iterable[bytes]) -> None:
    """`draw.…` unless the frozen event is what these people, this request and this secret give.

    `head` holds request and secret, `pieces` the pool, which is read once and never held as a whole. Everybody's lines are
    computed anew from professions, region, employer and drawings; who has none needs a reason that fits these.
    """
    auditing = Auditing(str(facts["draw_id"]), head)
    for entry in chain.from_iterable(map(unpacked, pieces)):
        auditing.take(entry)
    auditing.compare(facts)


class Auditing:
    """A pool that is being checked, one person after the other; it keeps what `Freezing` does."""

    def __init__(self, draw_id: str, head: Mapping[str, Any]) -> None:
        asked = head["request"]
        self._quota, self._needs = asked["quota"], [need_of(code, asked["region"]) for code in asked["quota"]]
        self._request, self._secret = make_request(draw_id, asked), bytes.fromhex(head["secret"])
        self._emp, self._gist, self._seen = rules.emp_under(self._secret), rules.Gist(self._quota), rules.Persons()

    def take(self, entry: Entry) -> None:
        """Check one person; `draw.identity`, `draw.twin-identity`, `draw.left-out`, `draw.stranger`, `draw.omitted`,
        `draw.wrong-specialty`, `draw.wrong-employer`, `draw.wrong-weight`, `draw.wrong-leaf`.
        """
        self._seen.take(entry.identity, [line.specialty for line in entry.lines])
        serving = serves(self._quota, self._needs, entry.professions, entry.region)
        if entry.why is not None:
            _check_left(entry, self._needs, bool(serving))
            return
        self._check_served(entry, serving)
        for specialty, row in entry.listed():
            self._check_line(entry, specialty, row)
            self._gist.add(specialty, row.leaf, row.emp)

    def compare(self, facts: Mapping[str, Any]) -> None:
        """`draw.frozen` with the field that does not follow from everybody taken; `draw.too-few`, `draw.request`."""
        rules.check_request(self._request)
        expected = self._gist.facts(self._request, self._secret)
        for name in sorted(expected.keys() | facts.keys()):
            if not rules.same(expected.get(name), facts.get(name)):
                raise Problem("draw.frozen", field=name)

    def _check_served(self, entry: Entry, serving: Sequence[str]) -> None:
        """Just the lists that the person serves, each once."""
        stated = [line.specialty for line in entry.lines]
        if foreign := sorted(set(stated) - set(serving)):
            leaf = next(row.leaf.hex() for specialty, row in entry.listed() if specialty == foreign[0])
            raise Problem("draw.stranger", specialty=foreign[0], leaf=leaf)
        if not serving:
            raise Problem("draw.wrong-specialty", specialties=", ".join(self._quota))
        if missing := sorted(set(serving) - set(stated)):
            raise Problem("draw.omitted", specialty=missing[0], missing=1)
        if len(stated) != len(set(stated)):
            raise Problem("draw.twin-identity")

    def _check_line(self, entry: Entry, specialty: str, row: rules.Listed) -> None:
        if row.emp != self._emp(entry.employer or entry.identity):
            raise Problem("draw.wrong-employer", specialty=specialty, leaf=row.leaf.hex())
        if not rules.same(row.weight, lottery.weight(entry.times_drawn)):
            raise Problem("draw.wrong-weight", specialty=specialty, leaf=row.leaf.hex())
        if len(row.a) != lottery.LEAF or len(row.b) != lottery.LEAF:
            raise Problem("draw.wrong-leaf", specialty=specialty, leaf=row.leaf.hex())


def make_request(draw_id: str, request: Mapping[str, Any]) -> rules.Request:
    """The draw's request in the form the rules take; of a supplementary draw with whom it avoids of those who sit already."""
    avoid = (*request["avoid"], *request.get("seated", ()))
    return rules.Request(draw_id, request["quota"], request["alternates"], avoid, digest(dict(request)), CODE)


def need_of(code: str, home: str) -> Need:
    """The need a specialty of a draw stands for: a bare profession is needed in the draw's own region `home`."""
    return parse_need(code) if "@" in code else Need(code, home)


def serves(quota: Iterable[str], needs: Sequence[Need], professions: Collection[str], region: str) -> tuple[str, ...]:
    """The specialties of a draw that somebody of these professions and this region serves; `needs` as the quota."""
    return tuple(code for code, need in zip(quota, needs, strict=True) if fits(need, professions, region))


def redraw_message(draw_id: str, reason: str, *, supplement: bool = False) -> bytes:
    """The 32 bytes the supervisor signs to allow the attempt `<section>/<n>`, for vacant seats only or a new committee."""
    told = {"draw": draw_id, "reason": reason, **({"supplement": True} if supplement else {})}
    return sha256(labelled(REDRAW_LABEL, digest(told))).digest()


def _check_left(entry: Entry, needs: Sequence[Need], serving: bool) -> None:
    """Whoever is left out has no line, and profession or region is the reason just where these are not asked for."""
    fits_profession = any(one.startswith(need.profession) for need in needs for one in entry.professions)
    holds = _OF_ENTRY if serving else {"region"} if fits_profession else {"profession"}
    if entry.lines or entry.why not in holds:
        raise Problem("draw.left-out", why=entry.why)
