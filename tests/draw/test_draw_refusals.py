"""Everything the design page says an evidence file of a draw must be refused for, each with its place."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from draw_cases import Document, a_drawn_case, an_entry

from expertpool.draw.evidence import recompute
from infra.crypto import lottery
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem
from web.problems import sentences, told


def a_file() -> Document:
    dice = random.Random(2)
    pool = [an_entry(dice, f"S{number % 2}", f"e{number}") for number in range(12)]
    return {
        "seed": "ab" * 32,
        "order": ["S0", "S1"],
        "quota": {"S0": 1, "S1": 2},
        "avoid": ["e0"],
        "alternates": 1,
        "pool": pool,
    }


Change = Callable[[Document], Any]
REFUSED: list[tuple[str, str, Change]] = [
    ("draw.field", "$", lambda d: d.update(more=1)),
    ("draw.field", "$", lambda d: d.pop("seed")),
    ("draw.field", "$", lambda d: d.pop("quota")),
    ("draw.field", "$", lambda d: d.pop("avoid")),
    ("draw.field", "$", lambda d: d.pop("pool")),
    ("draw.hex", "$.seed", lambda d: d.update(seed="AB" * 32)),
    ("draw.hex", "$.seed", lambda d: d.update(seed="ab" * 31)),
    ("draw.hex", "$.seed", lambda d: d.update(seed=" " + "ab" * 32)),
    ("draw.field", "$.quota", lambda d: d.update(quota=[])),
    ("draw.count", "$.quota.S0", lambda d: d["quota"].update(S0=0)),
    ("draw.count", "$.quota.S0", lambda d: d["quota"].update(S0="1")),
    ("draw.count", "$.quota.S0", lambda d: d["quota"].update(S0=True)),
    ("draw.count", "$.quota.S0", lambda d: d["quota"].update(S0=2**60)),
    ("draw.count", "$.alternates", lambda d: d.update(alternates=-1)),
    ("draw.count", "$.alternates", lambda d: d.update(alternates=1.0)),
    ("draw.field", "$.avoid", lambda d: d.update(avoid="e0")),
    ("draw.field", "$.avoid[0]", lambda d: d.update(avoid=[1])),
    ("draw.field", "$.avoid[0]", lambda d: d.update(avoid=["单位"])),
    ("draw.field", "$.pool", lambda d: d.update(pool={})),
    ("draw.field", "$.order", lambda d: d.update(order="S0")),
    ("draw.order", "$.order", lambda d: d.update(order=["S0"])),
    ("draw.order", "$.order", lambda d: d.update(order=["S0", "S0"])),
    ("draw.order", "$.order", lambda d: d.update(order=["S0", "S1", "S2"])),
    ("draw.field", "$.pool[3]", lambda d: d["pool"].__setitem__(3, "leaf")),
    ("draw.field", "$.pool[3]", lambda d: d["pool"][3].update(name="x")),
    ("draw.field", "$.pool[3]", lambda d: d["pool"][3].pop("ia")),
    ("draw.field", "$.pool[3]", lambda d: d["pool"][3].pop("b")),
    ("draw.field", "$.pool[3]", lambda d: d["pool"][3].pop("emp")),
    ("draw.specialty", "$.pool[3].spec", lambda d: d["pool"][3].update(spec="S9")),
    ("draw.specialty", "$.pool[3].spec", lambda d: d["pool"][3].update(spec=["S0"])),
    ("draw.weight", "$.pool[3].w", lambda d: d["pool"][3].update(w=0)),
    ("draw.weight", "$.pool[3].w", lambda d: d["pool"][3].update(w=9)),
    ("draw.weight", "$.pool[3].w", lambda d: d["pool"][3].update(w=True)),
    ("draw.weight", "$.pool[3].w", lambda d: d["pool"][3].update(w="2")),
    ("draw.hex", "$.pool[3].leaf", lambda d: d["pool"][3].update(leaf=d["pool"][3]["leaf"].upper())),
    ("draw.hex", "$.pool[3].ia", lambda d: d["pool"][3].update(ia=None)),
    ("draw.hex", "$.pool[3].ib", lambda d: d["pool"][3].update(ib="")),
    ("draw.hex", "$.pool[3].b", lambda d: d["pool"][3].update(b=d["pool"][3]["b"] + "\n")),
    ("draw.leaf", "$.pool[3].leaf", lambda d: d["pool"][3].update(leaf="0" * 64)),
    ("draw.leaf", "$.pool[3].leaf", lambda d: d["pool"][3].update(spec="S0")),
    ("draw.leaf", "$.pool[3].leaf", lambda d: d["pool"][3].update(ia="0" * 64)),
    ("draw.emp", "$.pool[3].emp", lambda d: d["pool"][3].update(emp="e4")),
    ("draw.emp", "$.pool[3].emp", lambda d: d["pool"][3].update(b="0" * 64)),
    ("draw.field", "$.pool[3].emp", lambda d: d["pool"][3].update(emp=3)),
    ("draw.twin-leaf", "$.pool[12].leaf", lambda d: d["pool"].append(d["pool"][0])),
    ("draw.too-few", "$.quota.S0", lambda d: d["quota"].update(S0=6)),
    ("draw.too-few", "$.quota.S1", lambda d: d["quota"].update(S1=6)),
    ("draw.too-few", "$.quota.S0", lambda d: d["avoid"].extend(["e2", "e4", "e6", "e8", "e10"])),
    ("draw.order", "$.order", lambda d: [d.pop("order"), d["pool"][0].pop("emp"), d["pool"][0].pop("b")]),
]


@pytest.mark.parametrize(("code", "path", "change"), REFUSED)
def test_a_bad_file_is_refused_with_its_place(code: str, path: str, change: Change) -> None:
    document = a_file()
    recompute(document)
    change(document)
    with pytest.raises(Problem) as caught:
        recompute(document)
    assert (caught.value.code, caught.value.facts["path"]) == (code, path)
    assert caught.value.facts["why"]
    assert path in told(caught.value) or code == "draw.too-few"


@pytest.mark.parametrize("document", [None, [], "draw", 7])
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(Problem, match=r"draw\.field"):
        recompute(document)


def test_a_walk_that_arrives_at_a_missing_employer_names_the_entry() -> None:
    document = a_file()
    first = recompute(document)["out"][0][0]
    place = next(number for number, entry in enumerate(document["pool"]) if entry["leaf"] == first)
    del document["pool"][place]["emp"], document["pool"][place]["b"]
    with pytest.raises(Problem) as caught:
        recompute(document)
    assert (caught.value.code, caught.value.facts["path"]) == ("draw.emp-missing", f"$.pool[{place}].emp")


def test_a_list_that_ends_before_its_quota_is_refused_where_step_1_cannot_be_recomputed() -> None:
    document = a_file()
    document["quota"]["S1"] = 5
    document["pool"] = [entry for entry in document["pool"] if entry["spec"] == "S0" or entry["emp"] in ("e1", "e3")]
    hidden = document["pool"][recompute_walks_past(document)]
    del hidden["emp"], hidden["b"]
    with pytest.raises(Problem) as caught:
        recompute(document)
    assert (caught.value.code, caught.value.facts["path"]) == ("draw.dry", "$.quota.S1")


def recompute_walks_past(document: Document) -> int:
    """The place of an S0 entry that the walk does not reach."""
    alone = {**document, "quota": {"S0": 1}, "order": ["S0"], "alternates": 0}
    alone["pool"] = [entry for entry in document["pool"] if entry["spec"] == "S0"]
    found = recompute(alone)
    walked = {line[0] for line in found["out"] + found["reasons"]}
    return next(n for n, entry in enumerate(document["pool"]) if entry["spec"] == "S0" and entry["leaf"] not in walked)


def test_missing_alternates_are_none_and_a_missing_order_is_computed() -> None:
    document = a_file()
    del document["alternates"], document["order"]
    assert [line[1] for line in recompute(document)["out"]] == ["S0", "S1", "S1"]


def test_an_out_that_differs_is_replaced_by_what_was_recomputed() -> None:
    document = a_file()
    assert recompute({**document, "out": [], "reasons": [["x"]]}) == recompute(document)
    assert list(recompute(document))[:6] == list(document)


TRANSCRIPT: list[tuple[str, str, Change]] = [
    ("draw.transcript", "$.seed", lambda d: d.update(seed="0" * 64)),
    ("draw.field", "$.transcript", lambda d: d["transcript"].update(more=1)),
    ("draw.field", "$.transcript.r", lambda d: d["transcript"]["r"].pop()),
    ("draw.hex", "$.transcript.r[1]", lambda d: d["transcript"]["r"].__setitem__(1, "zz")),
    ("draw.transcript", "$.transcript.commitments[0]", lambda d: d["transcript"]["r"].reverse()),
    ("draw.transcript", "$.transcript.commitments[2]", lambda d: d["transcript"]["r"].__setitem__(2, "0" * 64)),
    ("draw.hex", "$.transcript.commitments[0]", lambda d: d["transcript"]["commitments"].__setitem__(0, 1)),
    ("draw.transcript", "$.transcript.frozen.draw_id", lambda d: d["transcript"].update(draw_id="T1/S1/2")),
    ("draw.field", "$.transcript.frozen", lambda d: d["transcript"]["frozen"].update(more=1)),
    ("draw.field", "$.transcript.frozen", lambda d: d["transcript"]["frozen"].pop("request")),
    ("draw.hex", "$.transcript.frozen.secret", lambda d: d["transcript"]["frozen"].update(secret="")),
    ("draw.transcript", "$.transcript.frozen.parties", lambda d: d["transcript"]["frozen"]["parties"].reverse()),
    ("draw.transcript", "$.transcript.frozen.format", lambda d: d["transcript"]["frozen"].update(format="draw/v2")),
    ("draw.transcript", "$.transcript.frozen.alternates", lambda d: d.update(alternates=d["alternates"] + 1)),
    ("draw.transcript", "$.transcript.frozen.alternates", lambda d: d["transcript"]["frozen"].update(alternates=0.5)),
    ("draw.transcript", "$.transcript.frozen.avoid", lambda d: d["avoid"].append("e0")),
    ("draw.transcript", "$.transcript.frozen.order", lambda d: d["order"].reverse()),
    ("draw.transcript", "$.transcript.frozen.quota", lambda d: d["transcript"]["frozen"]["quota"].update(S0=0)),
    ("draw.field", "$.transcript.frozen.lists", lambda d: d["transcript"]["frozen"]["lists"].clear()),
]


@pytest.mark.parametrize(("code", "path", "change"), TRANSCRIPT)
def test_a_transcript_that_contradicts_the_file_is_refused(code: str, path: str, change: Change) -> None:
    document = next(found for seed in range(20) if (found := a_drawn_case(seed)) and "S0" in found["quota"])
    change(document)
    with pytest.raises(Problem) as caught:
        recompute(document)
    assert (caught.value.code, caught.value.facts["path"]) == (code, path)


@pytest.mark.parametrize(("field", "value"), [("root", "0" * 64), ("records", 1), ("employers", 10_000)])
def test_a_frozen_list_that_is_not_the_pools_is_refused(field: str, value: Any) -> None:
    document = next(found for seed in range(20) if (found := a_drawn_case(seed)))
    spec = document["order"][0]
    document["transcript"]["frozen"]["lists"][spec][field] = value
    with pytest.raises(Problem, match=r"draw\.transcript"):
        recompute(document)


def lying(document: Document, employers: dict[str, int], order: list[str]) -> Document:
    """A service that froze false counts, with commitments and seed made to fit."""
    transcript = document["transcript"]
    frozen = transcript["frozen"]
    for spec, count in employers.items():
        frozen["lists"][spec]["employers"] = count
    frozen["order"] = document["order"] = order
    r = [bytes.fromhex(value) for value in transcript["r"]]
    document["seed"] = lottery.seed_of(transcript["draw_id"], digest(frozen), r).hex()
    return document


def a_drawn_file(public: bool) -> Document:
    found = (document for seed in range(60) if (document := a_drawn_case(seed)))
    return next(document for document in found if all("emp" in entry for entry in document["pool"]) == public)


@pytest.mark.parametrize(
    ("public", "counts", "code", "path"),
    [
        (False, (901, 900), "draw.transcript", "$.order"),
        (False, (0, 900), "draw.too-few", "$.quota."),
        (True, (900, 901), "draw.transcript", "$.transcript.frozen.lists"),
    ],
)
def test_false_counts_of_employers_do_not_pass(public: bool, counts: tuple[int, int], code: str, path: str) -> None:
    document = a_drawn_file(public)
    order = document["order"]
    stated = dict(zip(order, [*counts, 902], strict=False))
    document = lying(document, stated, order)
    with pytest.raises(Problem) as caught:
        recompute(document)
    assert caught.value.code == code
    assert str(caught.value.facts["path"]).startswith(path)


def test_every_code_of_the_draw_has_its_sentences() -> None:
    assert {code for code, _, _ in REFUSED + TRANSCRIPT} <= set(sentences())
