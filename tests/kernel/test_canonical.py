"""Canonical JSON (RFC 8785): one spelling for every value, read strictly."""

import json
from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from infra.kernel.canonical import b64, canonical, digest, parse, read, unb64
from infra.kernel.problems import Problem

SAFE = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(SAFE - 2, SAFE + 2)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


class Word(str):
    """A string of another type, as an enumeration's member is."""


def written(write: Callable[[object], bytes], value: object) -> bytes | type[Exception]:
    """What is written of a value, or how it is refused."""
    try:
        return write(value)
    except (ValueError, TypeError) as error:
        return type(error)


def refusal(data: bytes) -> str:
    with pytest.raises(Problem) as told:
        parse(data)
    return told.value.code


@given(VALUES)
def test_what_is_written_reads_back_as_the_same(value: object) -> None:
    assert parse(canonical(value)) == value


@given(VALUES)
def test_a_value_has_one_spelling_however_it_was_written(value: object) -> None:
    assert canonical(read(json.dumps(value, indent=2).encode())) == canonical(value)


@given(ANYTHING)
@example('\x00\x08\x0b\x1f\x7f\x80\u2028\ud7ff\ue000\U0010ffff\\/"')
@example({"\ud800": 1})
@example(["\udc00"])
@example({"\ufb33": 1, "\U0001f600": 2, "é": 3, "~": 4, "": 5})
@example([SAFE, -SAFE, SAFE + 1])
@example({Word("b"): Word("a"), "a": (1, True, None)})
@example({1: 2})
def test_the_quick_way_of_writing_agrees_with_the_reference(value: object) -> None:
    assert written(canonical, value) == written(rfc8785.dumps, value)


@given(st.dictionaries(TEXT, st.integers(0, 9), min_size=2))
def test_keys_stand_in_the_order_of_their_utf_16_units(value: dict[str, int]) -> None:
    keys = [key for key, _ in json.loads(canonical(value), object_pairs_hook=list)]
    assert keys == sorted(keys, key=lambda key: key.encode("utf-16-be"))


@pytest.mark.parametrize(
    "data",
    [b'{"b":1,"a":2}', b'{ "a":1}', b'{"a":1}\n', b'"\\u0041"', b"1e2", b"1.0", b"-0", b'"\\/"', b"9007199254740993"],
)
def test_any_other_spelling_is_not_canonical(data: bytes) -> None:
    assert refusal(data) in ("json.not-canonical", "json.float")


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"a":1,"a":2}', b"NaN", b"[Infinity]", b"\xff", b"[" * 100_000, b"1 2", b"\xef\xbb\xbf1"]
)
def test_what_is_not_strict_json_is_refused(data: bytes) -> None:
    assert refusal(data) == "json.bad"


@pytest.mark.parametrize("value", [1.5, [1.0], {"a": {"b": [0.1]}}, (2.0,)])
def test_amounts_are_never_floating_point(value: object) -> None:
    with pytest.raises(Problem) as told:
        canonical(value)
    assert told.value.code == "json.float"


def test_the_digest_is_over_the_canonical_form() -> None:
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    assert len(digest(None)) == 32


@given(st.binary(max_size=100))
def test_base64_reads_back(data: bytes) -> None:
    assert unb64(b64(data)) == data


@pytest.mark.parametrize("text", ["AA", "AAA", "AB==", "A===", "AA==\n", " AA==", "AA-_", "é", "AAAA====", None, 7])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(Problem) as told:
        unb64(text)
    assert told.value.code == "base64.bad"


def test_a_size_may_be_asked_for() -> None:
    assert unb64("AAAA", 3) == bytes(3)
    with pytest.raises(Problem):
        unb64("AAAA", 4)
