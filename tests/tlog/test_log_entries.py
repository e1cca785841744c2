"""What stands in a leaf: salted events, their chain, dummies and batches."""

import hashlib
import hmac
from typing import Any

import pytest

from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from infra.tlog.entry import batch_size, dummy, entry, link
from web.problems import sentences

SALT = b"\5" * 32
EVENT: dict[str, Any] = {
    "at": "2026-12-01T01:30:00.000001Z",
    "event": "bid.submitted",
    "facts": {"parts": 3},
    "link": b64(bytes(32)),
    "section": "T1/S1",
    "actor": "bidder",
}


def test_an_entry_is_the_hash_of_salt_and_canonical_event() -> None:
    assert entry(SALT, EVENT) == hashlib.sha256(SALT + canonical(EVENT)).digest()
    assert entry(SALT, dict(reversed(EVENT.items()))) == entry(SALT, EVENT)
    assert entry(bytes(32), EVENT) != entry(SALT, EVENT)


def test_section_and_actor_may_be_absent() -> None:
    assert len(entry(SALT, {name: EVENT[name] for name in ("at", "event", "facts", "link")})) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"at": "2026-12-01 01:30:00"},
        {"at": "2026-12-01T01:30:00+08:00"},
        {"event": 1},
        {"facts": []},
        {"section": None},
        {"actor": 7},
    ],
)
def test_an_event_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Problem, match=r"log\.event"):
        entry(SALT, {**EVENT, **change})


def test_an_event_without_time_or_with_a_bad_link_is_refused() -> None:
    with pytest.raises(Problem, match=r"log\.event"):
        entry(SALT, {name: value for name, value in EVENT.items() if name != "at"})
    with pytest.raises(Problem, match=r"base64\.bad"):
        entry(SALT, {**EVENT, "link": b64(bytes(31))})
    with pytest.raises(Problem, match=r"log\.size"):
        entry(bytes(16), EVENT)


def test_a_link_hides_number_and_predecessor_behind_its_salt() -> None:
    before = entry(SALT, EVENT)
    message = b"log/v1 link\n" + SALT + (2).to_bytes(8, "big") + before
    assert link(SALT, 2, before) == hashlib.sha256(message).digest()
    assert len({link(SALT, 1), link(SALT, 2, before), link(SALT, 3, before), link(bytes(32), 1)}) == 4


@pytest.mark.parametrize(("number", "previous"), [(0, bytes(32)), (2, bytes(32)), (1, b"\1" * 32)])
def test_only_the_first_event_of_a_section_has_nothing_before_it(number: int, previous: bytes) -> None:
    with pytest.raises(Problem, match=r"log\.link"):
        link(SALT, number, previous)


def test_a_dummy_follows_from_the_periods_key_and_its_place() -> None:
    assert dummy(SALT, 9) == hmac.digest(SALT, b"log/v1 dummy\n" + (9).to_bytes(8, "big"), "sha256")
    assert len({dummy(SALT, index) for index in range(100)} | {dummy(bytes(32), 0)}) == 101


@pytest.mark.parametrize(
    ("real", "size"), [(0, 8), (8, 8), (9, 64), (64, 64), (65, 512), (512, 512), (513, 4096), (4096, 4096)]
)
def test_a_batch_has_one_of_four_sizes(real: int, size: int) -> None:
    assert batch_size(real) == size


def test_no_batch_holds_more_than_4096() -> None:
    with pytest.raises(Problem, match=r"log\.batch"):
        batch_size(4097)


def test_every_code_of_the_log_has_its_sentences() -> None:
    nouns = {"note", "checkpoint", "policy", "proof", "tile", "log"}
    assert nouns <= {code.partition(".")[0] for code in sentences()}
