"""The supervisor's audit of a pool that comes in pieces: everybody is looked at once, nobody may be slipped in or out."""

import tracemalloc
from collections.abc import Callable

import pytest
from pool_pieces import DRAW, REGION, REQUEST, Sent, a_line, a_pool, people, refrozen, relined

from expertpool.draw.audit import audit, make_request
from expertpool.draw.entries import Entry, entries_of, packed, unpacked
from expertpool.draw.freezing import with_lines
from expertpool.draw.rules import Freezing
from infra.crypto.chunks import open_chunk, seal_chunk
from infra.edge import random_bytes
from infra.kernel.problems import Problem

STRANGER = Entry("expert-x", "resident:9999", None, ("B01",), REGION, 0, None, (a_line("A08"),))


def verdict(sent: Sent) -> str:
    """The code with which a pool is refused, or `signed`."""

    def signed() -> str:
        audit(sent.facts, sent.head, sent.pieces())
        return "signed"

    return code_of(signed)


def code_of(call: Callable[[], str]) -> str:
    """What a call gives, or the code with which it refuses."""
    try:
        return call()
    except Problem as problem:
        return problem.code


def test_a_pool_in_three_pieces_whose_lists_follow_from_its_people_is_signed() -> None:
    sent = a_pool()
    assert len(list(sent.pieces())) == 3
    assert verdict(sent) == "signed"


def test_the_order_of_the_people_makes_no_difference() -> None:
    sent = a_pool()
    assert verdict(sent._replace(entries=sent.entries[::-1])) == "signed"


def _without(entries: list[Entry], place: int) -> None:
    del entries[place]


def _both(entries: list[Entry], place: int) -> None:
    entries[place] = entries[place]._replace(lines=entries[place].lines * 2)


def _true_for_one(entries: list[Entry]) -> None:
    entries[0] = entries[0]._replace(times_drawn=9)
    relined(entries, 0, weight=True)


CHANGES: dict[str, tuple[str, Callable[[list[Entry]], None]]] = {
    "a foreign person in the last piece": ("draw.stranger", lambda e: e.append(STRANGER)),
    "a person left out": ("draw.omitted", lambda e: e.__setitem__(0, e[0]._replace(lines=()))),
    "a person in a list not served": (
        "draw.stranger",
        lambda e: e.__setitem__(0, e[0]._replace(lines=(*e[0].lines, a_line("A06")))),
    ),
    "a person who serves nothing": (
        "draw.wrong-specialty",
        lambda e: e.__setitem__(0, e[0]._replace(professions=("B01",), lines=())),
    ),
    "professions that were not told": ("draw.stranger", lambda e: e.__setitem__(0, e[0]._replace(professions=()))),
    "a region that was not asked for": ("draw.stranger", lambda e: e.__setitem__(0, e[0]._replace(region="110000"))),
    "two lines in one list": ("draw.twin-identity", lambda e: _both(e, 0)),
    "two records of one identity": ("draw.twin-identity", lambda e: e.append(e[0])),
    "an identity that is none": ("draw.identity", lambda e: e.__setitem__(0, e[0]._replace(identity="张三"))),
    "a weight raised": ("draw.wrong-weight", lambda e: relined(e, 0, weight=8)),
    "true for one": ("draw.wrong-weight", _true_for_one),
    "an employer exchanged": ("draw.wrong-employer", lambda e: relined(e, 0, emp=e[1].lines[0].emp)),
    "a short salt": ("draw.wrong-leaf", lambda e: relined(e, 0, a=b"")),
    "somebody left out without a reason that is one": (
        "draw.left-out",
        lambda e: e.append(Entry("expert-74", "resident:7004", None, ("A08",), REGION, 0, "because")),
    ),
    "somebody of an asked profession left out for it": (
        "draw.left-out",
        lambda e: e.append(Entry("expert-74", "resident:7004", None, ("A08",), REGION, 0, "profession")),
    ),
    "somebody of no asked region left out for another reason": (
        "draw.left-out",
        lambda e: e.append(Entry("expert-74", "resident:7004", None, ("A08",), "110000", 0, "status")),
    ),
    "somebody left out who has a line": (
        "draw.left-out",
        lambda e: e.append(Entry("expert-74", "resident:7004", None, ("A08",), REGION, 0, "status", (a_line("A08"),))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_pool_with_something_wrong_is_refused_even_if_the_frozen_facts_fit_it(change: str) -> None:
    code, spoil = CHANGES[change]
    assert code_of(lambda: verdict(refrozen(a_pool(), spoil))) == code


@pytest.mark.parametrize("field", ["order", "avoid", "request", "secret", "alternates", "lists", "code"])
def test_a_frozen_event_that_says_something_else_is_refused(field: str) -> None:
    sent = a_pool()
    facts = {**sent.facts, field: {"alternates": True}.get(field, [])}
    assert verdict(sent._replace(facts=facts)) == "draw.frozen"


def test_a_fact_more_is_refused() -> None:
    sent = a_pool()
    assert verdict(sent._replace(facts={**sent.facts, "more": 1})) == "draw.frozen"


@pytest.mark.parametrize("asked", [{"quota": {"A08": 1, "A06": 1}}, {"avoid": []}, {"alternates": 2}])
def test_another_request_than_the_frozen_one_is_refused(asked: dict[str, object]) -> None:
    sent = a_pool()
    assert verdict(sent._replace(head={**sent.head, "request": {**REQUEST, **asked}})) == "draw.frozen"


def test_a_person_who_disappeared_with_the_whole_entry_shows_in_the_frozen_roots() -> None:
    sent = a_pool()
    assert verdict(sent._replace(entries=sent.entries[1:])) == "draw.frozen"


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'[["x"]]', b"[[1,2,3,4,5,6,7,8]]", b"\xff"])
def test_a_piece_of_another_shape_is_refused(data: bytes) -> None:
    sent = a_pool()
    with pytest.raises(Problem):
        audit(sent.facts, sent.head, [data])


def test_what_is_packed_is_what_was_there() -> None:
    entries = a_pool().entries
    assert unpacked(packed(entries)) == entries


def test_a_pool_sealed_in_one_document_gives_the_same_lines() -> None:
    entries = [entry for entry in a_pool().entries if entry.why is None]
    lists: dict[str, list[object]] = {}
    for entry in entries:
        for line in entry.lines:
            lists.setdefault(line.specialty, []).append(
                [line.weight, entry.identity, line.emp, line.a.hex(), line.b.hex()]
            )
    records = [[one.identity, one.employer, [line.specialty for line in one.lines], one.times_drawn] for one in entries]
    older = list(entries_of({"lists": lists, "records": records, "left": [["resident:1", "status"]]}))
    assert [(one.identity, sorted(one.lines)) for one in older[:-1]] == [
        (one.identity, sorted(one.lines)) for one in entries
    ]
    assert (older[-1].identity, older[-1].why, older[-1].lines) == ("resident:1", "status", ())


@pytest.mark.parametrize("wrong", ["key", "draw", "number", "byte", "cut"])
def test_a_sealed_piece_opens_only_in_its_place(wrong: str) -> None:
    key, data = random_bytes(32), b"everybody"
    sealed = seal_chunk(key, DRAW, 2, data)
    assert open_chunk(key, DRAW, 2, sealed) == data
    asked = {
        "key": (bytes(32), DRAW, 2, sealed), "draw": (key, "YH-1/01/2", 2, sealed), "number": (key, DRAW, 1, sealed),
        "byte": (key, DRAW, 2, bytes([sealed[0] ^ 1]) + sealed[1:]), "cut": (key, DRAW, 2, sealed[:-1]),
    }[wrong]  # fmt: skip
    with pytest.raises(Problem, match=r"^draw\.chunk\b"):
        open_chunk(*asked)


@pytest.mark.soak
@pytest.mark.soak
def test_an_audit_holds_leaves_and_never_the_whole_pool() -> None:
    request = {**REQUEST, "quota": {"A08": 1}}
    freezing = Freezing(make_request(DRAW, request), bytes(32))
    each = [
        packed(with_lines(freezing, request, [_one(at + place) for place in range(500)], random_bytes))
        for at in range(0, 10_000, 500)
    ]
    facts, head = freezing.facts(), {"request": request, "secret": bytes(32).hex()}
    tracemalloc.start()
    audit(facts, head, each)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < sum(map(len, each)) * 1.5


def _one(number: int) -> Entry:
    return people()[0]._replace(identity=f"resident:{number:08d}", employer=f"91429900MA{number // 20:07d}X")
