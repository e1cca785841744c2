"""Random evidence files for the draw, sound ones and ones broken in every way the design page names."""

import copy
import hashlib
import json
import random
from typing import Any

from expertpool.draw.rules import Record, Request, disclose, freeze
from infra.kernel.problems import Problem

Document = dict[str, Any]


def a_case(seed: int) -> Document:
    """A random evidence file; about a tenth are refused by step 1, and some miss the emp of leaves no walk reaches."""
    dice = random.Random(seed)
    specs = dice.sample(["S0", "S1", "S2", "*"], dice.randint(1, 4))
    emps = [f"e{number}" for number in range(dice.randint(3, 24))]
    document: Document = {
        "seed": dice.randbytes(32).hex(),
        "quota": {spec: dice.randint(1, 3) for spec in specs},
        "avoid": dice.sample(emps, dice.randint(0, 2)),
        "pool": [an_entry(dice, dice.choice(specs), dice.choice(emps)) for _ in range(dice.randint(5, 60))],
    }
    if dice.random() < 0.7:
        document["alternates"] = dice.randint(0, 3)
    if dice.random() < 0.5:
        document["order"] = dice.sample(specs, len(specs))
    return document


def an_entry(dice: random.Random, spec: str, emp: str) -> Document:
    """One pool entry with fresh salts."""
    a, b, w = dice.randbytes(32), dice.randbytes(32), dice.randint(1, 8)
    ia = hashlib.sha256(a + b"\0\x08" + dice.randbytes(8)).digest()
    ib = hashlib.sha256(b + len(emp).to_bytes(2, "big") + emp.encode()).digest()
    name = len(spec).to_bytes(2, "big") + spec.encode()
    leaf = hashlib.sha256(b"draw/v1 leaf\n" + name + bytes([w]) + ia + ib).digest()
    return {"leaf": leaf.hex(), "spec": spec, "w": w, "ia": ia.hex(), "ib": ib.hex(), "emp": emp, "b": b.hex()}


def a_pool(dice: random.Random, people: int) -> list[Record]:
    """Experts with one to three specialties, some without an employer."""
    return [
        Record(
            identity=f"id:{number:06d}",
            employer=None if dice.random() < 0.2 else f"CREDIT{dice.randint(0, max(1, people // 2)):012d}",
            specialties=tuple(dice.sample(["S0", "S1", "S2"], dice.randint(1, 3))),
            times_drawn=dice.randint(0, 9),
        )
        for number in range(people)
    ]


def a_request(dice: random.Random) -> Request:
    """Two or three specialties, an avoided employer."""
    quota = {spec: dice.randint(1, 3) for spec in dice.sample(["S0", "S1", "S2"], dice.randint(2, 3))}
    avoid = (f"CREDIT{dice.randint(0, 3):012d}",)
    return Request("T1/S1/1", quota, dice.randint(0, 3), avoid, dice.randbytes(32), "openhall 0.1.0")


def hidden(document: Document, walked: set[str], order: list[str]) -> Document:
    """The same file as it is disclosed in practice: emp and b only where a walk arrived."""
    pool = [
        entry if entry["leaf"] in walked else {name: entry[name] for name in ("leaf", "spec", "w", "ia", "ib")}
        for entry in document["pool"]
    ]
    return {**document, "pool": pool, "order": order}


def a_drawn_case(seed: int) -> Document | None:
    """A whole draw by the platform's own rules, with its transcript; None where step 1 refuses the pool."""
    dice = random.Random(seed)
    try:
        frozen = freeze(a_request(dice), a_pool(dice, dice.randint(20, 60)), dice.randbytes)
    except Problem:
        return None
    r = [dice.randbytes(32) for _ in range(3)]
    found: Document = json.loads(json.dumps(disclose(frozen, r, public=dice.random() < 0.5)))
    return found


def broken(document: Document, dice: random.Random) -> Document:
    """The same file with one thing changed somewhere; mostly, but not always, to be refused."""
    document = copy.deepcopy(document)
    entry = dice.choice(document["pool"])
    changes = [
        lambda: document.update(seed=document["seed"].upper()),
        lambda: document.update(seed=document["seed"][:-2]),
        lambda: document.update(extra=1),
        lambda: document.pop("avoid"),
        lambda: document.update(alternates=-1),
        lambda: document.update(alternates=True),
        lambda: document.update(alternates=1),
        lambda: document.update(order=["S0", "S0"]),
        lambda: document["quota"].update(S9=1),
        lambda: document["quota"].update({next(iter(document["quota"])): 0}),
        lambda: document["quota"].update({next(iter(document["quota"])): 99}),
        lambda: document["pool"].append(dict(entry)),
        lambda: document["pool"].remove(entry),
        lambda: entry.update(leaf=entry["leaf"].upper()),
        lambda: entry.update(leaf="0" * 64),
        lambda: entry.update(w=9),
        lambda: entry.update(w=True),
        lambda: entry.update(w=entry["w"] % 8 + 1),
        lambda: entry.update(spec="S9"),
        lambda: entry.update(emp="somebody else"),
        lambda: entry.update(emp="单位"),
        lambda: entry.update(b="0" * 64),
        lambda: entry.pop("b", None),
        lambda: [entry.pop("b", None), entry.pop("emp", None)],
        lambda: entry.update(name="张三"),
        lambda: document["avoid"].append(entry.get("emp", "e0")),
    ]
    if "transcript" in document:
        transcript, frozen = document["transcript"], document["transcript"]["frozen"]
        changes += [
            lambda: transcript["r"].reverse(),
            lambda: transcript["r"].pop(),
            lambda: transcript["commitments"].reverse(),
            lambda: transcript.update(draw_id="T1/S1/2"),
            lambda: frozen.update(draw_id="T1/S1/2"),
            lambda: frozen["order"].reverse(),
            lambda: frozen.update(request="0" * 64),
            lambda: frozen["quota"].update({next(iter(frozen["quota"])): 7}),
            lambda: next(iter(frozen["lists"].values())).update(root="0" * 64),
            lambda: next(iter(frozen["lists"].values())).update(records=3),
            lambda: document.update(seed="0" * 64),
        ]
    dice.choice(changes)()
    return document
