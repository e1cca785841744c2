"""A draw's evidence read piece by piece is exactly what reading it whole gives, line by line and refusal by refusal."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from draw_cases import a_drawn_case, an_entry
from hypothesis import given
from hypothesis import strategies as st

from expertpool.draw.evidence import recompute
from expertpool.draw.evidence_pool import EvidencePool, read_evidence
from infra.kernel import members
from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from web.commands.recompute import command

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 10**12) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4) | st.just("pool"), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def lines(count: int) -> list[dict[str, Any]]:
    """Every second without its employer, every third with its fields in another order."""
    dice, made = random.Random(5), []
    for number in range(count):
        line = an_entry(dice, f"S{number % 3}", f"e{number}")
        if number % 2:
            line = {name: line[name] for name in line if name not in ("emp", "b")}
        made.append(dict(reversed(line.items())) if number % 3 else line)
    return made


def plain(value: Any) -> Any:
    """With what is packed as a list again, and the order of fields told."""
    if isinstance(value, dict):
        return [(name, plain(one)) for name, one in value.items()]
    return [plain(one) for one in value] if isinstance(value, list | EvidencePool) else value


def test_a_packed_line_comes_back_as_it_was_with_its_fields_in_order() -> None:
    told = lines(12)
    pool = EvidencePool(iter(told))
    assert plain(pool) == plain(told) and plain(pool[-5:]) == plain(told[-5:]) and len(pool) == 12
    with pytest.raises(IndexError):
        pool[12]


@pytest.mark.parametrize(
    "odd",
    [None, 7, "x", [], {}, {"leaf": "00"}, {"w": 256}, {"w": True}, {"w": 1.0}, {"spec": 3}, {"ia": "AB" * 32}, {"emp": 1},
     {"b": " " + "ab" * 32}, {"ib": None}, {"more": 1}],
    ids=lambda odd: json.dumps(odd),
)  # fmt: skip
def test_a_value_of_another_shape_is_kept_as_it_is(odd: Any) -> None:
    first, second = lines(2)
    value = first | odd if isinstance(odd, dict) and odd else odd
    assert plain(EvidencePool(iter([first, value, second]))) == plain([first, value, second])


@given(st.dictionaries(st.text(max_size=4) | st.just("pool"), JSON, max_size=5) | JSON, st.sampled_from([1, 2, 7, 64]))
def test_reading_by_pieces_is_reading_whole(value: Any, at_once: int) -> None:
    data = json.dumps(value, ensure_ascii=at_once == 7, indent=at_once % 3 or None).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "AT_ONCE", at_once)
        assert outcome(lambda: read_evidence(io.BytesIO(data))) == outcome(lambda: read(data))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b'{"pool":[', b'{"pool":[1', b'{"pool":[1,]}', b'{"pool":[1 2]}', b'{"pool":[]}x', b'{"pool":[],}',
        b'{"pool":[],"pool":[]}', b'{"pool":[{"a":1,"a":2}]}', b'{"pool" []}', b'{1:2}', b'{"pool":[NaN]}', b'{"a":"\xff"}',
        b'{"a":"\xe4', b'\xef\xbb\xbf{}', b'{"pool":' + b"[" * 99_999, b'{"a":12', b'{"a":truex}',
    ],
    ids=range(20),
)  # fmt: skip
def test_what_is_no_json_is_refused_in_the_same_words(data: bytes) -> None:
    found = outcome(lambda: read_evidence(io.BytesIO(data)))
    assert found == outcome(lambda: read(data)) and (data == b"[]" or found[0] == "json.bad")


def outcome(call: Any) -> tuple[str, Any]:
    try:
        return "read", plain(call())
    except Problem as problem:
        return problem.code, problem.facts


@pytest.mark.parametrize("source", ["file", "pipe"])
def test_the_command_prints_a_packed_pool_as_it_printed_a_list(tmp_path: Path, source: str) -> None:
    document = a_drawn_case(3) or a_drawn_case(4)
    assert document is not None and recompute(document) == document
    file, data = tmp_path / "evidence.json", json.dumps(document).encode()
    file.write_bytes(data)
    told = CliRunner().invoke(command, ["draw", str(file)] if source == "file" else ["draw", "-"], input=data)
    assert (told.exit_code, told.stdout_bytes) == (0, json.dumps(document, ensure_ascii=False).encode() + b"\n")
