"""Strict reading: one set of checks, told as evidence's own codes by path or as a document's own code by field."""

import re
from typing import Any, Never

import pytest

from infra.kernel.canonical import b64, canonical
from infra.kernel.fields import Fields, at, bytes_at, is_written, members_at, parse_document, text_at
from infra.kernel.problems import Problem

WORD = re.compile("[a-z]+")
SOUND: dict[str, Any] = {"name": "ann", "size": 3, "key": b64(bytes(32)), "rows": [{"name": "bob"}, {"name": "eve"}]}


def refuse(field: str) -> Never:
    raise Problem("document.bad", field=field)


def read(value: Any) -> None:
    top = Fields(value, refuse, "name size key rows", "note")
    top.text("name", WORD)
    top.number("size", 1, 9)
    top.raw("key", 32)
    for row in top.objects("rows", "name"):
        row.text("name", WORD)


def test_a_document_with_exactly_its_fields_is_read() -> None:
    read(SOUND)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": 7}, "name"),
        ({"name": "Ann"}, "name"),
        ({"size": True}, "size"),
        ({"size": 10}, "size"),
        ({"key": b64(bytes(31))}, "key"),
        ({"key": 7}, "key"),
        ({"rows": {}}, "rows"),
        ({"rows": [{"name": "bob"}, {"name": "EVE"}]}, "rows[1].name"),
        ({"rows": [{"name": "bob", "age": 7}]}, "rows[0].age"),
        ({"rows": [{}]}, "rows[0].name"),
        ({"rows": [[]]}, "rows[0]"),
        ({"年": 7}, '["年"]'),
    ],
)
def test_a_document_refuses_with_its_own_code_and_the_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as told:
        read(SOUND | changed)
    assert (told.value.code, told.value.facts) == ("document.bad", {"field": field})


@pytest.mark.parametrize("value", [None, [], "x", 7])
def test_what_is_no_object_is_refused_as_a_whole(value: Any) -> None:
    with pytest.raises(Problem, match="document"):
        read(value)


@pytest.mark.parametrize("data", [b"", b"{", b'{"a": 1}', b"[" * 5000, b"\xff"])
def test_what_is_not_canonical_json_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(Problem) as told:
        parse_document(data, refuse)
    assert told.value.facts == {"field": "canonical"}
    assert parse_document(canonical(SOUND), refuse) == SOUND


@pytest.mark.parametrize(
    ("code", "read_it"),
    [
        ("evidence.type", lambda: text_at(7, "$.a")),
        ("evidence.type", lambda: bytes_at(7, "$.a")),
        ("base64.bad", lambda: bytes_at("AA", "$.a")),
        ("evidence.field-missing", lambda: members_at({}, "$", ["a"])),
        ("evidence.field-unknown", lambda: members_at({"a": 1}, "$", [])),
    ],
)
def test_evidence_is_refused_by_what_is_wrong_with_it(code: str, read_it: Any) -> None:
    with pytest.raises(Problem) as told:
        read_it()
    assert told.value.code == code


def test_a_path_quotes_what_is_no_plain_word() -> None:
    assert [at("$.a", key) for key in ("b", 0, "甲")] == ["$.a.b", "$.a[0]", '$.a["甲"]']


@pytest.mark.parametrize(
    ("value", "written"),
    [("理由", True), (" 理由 ", True), ("长" * 9, True), ("长" * 10, False), ("", False), (" \n", False),
     ("a\0b", False), ("\ud800", False), (None, False), (7, False)],
    ids=["plain", "padded", "longest", "too long", "empty", "blank", "nul", "surrogate", "nothing", "a number"],
)  # fmt: skip
def test_what_counts_as_written_can_be_read_and_stored(value: object, written: bool) -> None:
    assert is_written(value, 9) is written
