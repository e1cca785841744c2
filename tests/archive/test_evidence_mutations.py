"""Whatever a forger writes into a file, the verifier answers with a refusal or not at all, never with a crash."""

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from evidence_log import Scene
from evidence_scenes import a_scene, an_evidence, the_policy

from infra.kernel.canonical import canonical, read
from infra.kernel.problems import Problem
from trading.archive.bundle import SEAL, pack, unpack
from trading.archive.verify import verify_evidence

ODD: list[Any] = [
    None, True, 0, -1, 2**53 - 1, "", "x", "1e9", "NaN", "-0", "9" * 210, "\0", "é评", "AAAA", "2026-13-01T00:00:00Z",
    [], {}, [[]], [None], {"x": None}, "9999-12-31T23:59:59Z",
]  # fmt: skip
# Facts that stand in the record for people to read and on which nothing rests.
FREE = ("notice.published", "bid.refused", "bid.unopened", "section.created")
MUTATIONS = 60


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a JSON value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def inside(value: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path."""
    for key in path:
        value = value[key]
    return value


def like(value: Any, dice: random.Random) -> Any:
    """Another value of the same type and size from an honest file: well formed, and out of place."""
    rows = [read(row["event"].encode())["facts"] for row in read(unpack(an_evidence())["events.json"])]
    rows.append(read(unpack(an_evidence())["draw-1.json"]))
    known = [inside(rows, path) for path in places(rows)]
    fits = [one for one in known if type(one) is type(value) and one != value]
    alike = [one for one in fits if not isinstance(one, str) or len(one) == len(value)]
    return dice.choice(alike or fits or ODD)


def mutated(value: Any, dice: random.Random) -> Any:
    """A copy with one thing inside replaced by something odd or out of place, or removed, or doubled."""
    copy = read(canonical(value))
    *before, last = dice.choice(list(places(copy)))
    holder = inside(copy, tuple(before))
    kind = dice.random()
    if kind < 0.4 and holder[last] is not None:
        holder[last] = like(holder[last], dice)
    elif kind < 0.7:
        holder[last] = dice.choice(ODD)
    elif kind < 0.9 or isinstance(holder, dict):
        del holder[last]
    else:
        holder.append(holder[last])
    return copy


def forged(dice: random.Random) -> tuple[str, Scene]:
    """A scene with one oddity in an event, a manifest or the draw, everything around it consistently rebuilt."""
    scene = a_scene()
    page = unpack(an_evidence())["report.html"]
    evaluation = unpack(an_evidence())["evaluation.json"]
    scene.override |= {"report.html": page, "evaluation.json": evaluation}
    kind = dice.random()
    if kind < 0.75:
        event = dice.choice([one for one in scene.events if one.facts])
        event.facts = mutated(event.facts, dice)
        return event.name, scene
    if kind < 0.85:
        scene.draw = mutated(scene.draw, dice)
        return "draw", scene
    if kind < 0.95:
        bid = dice.choice(sorted(scene.bids))
        scene.override[f"bids/{bid}.json"] = canonical(mutated(scene.bids[bid], dice))
        return "bid", scene
    scene.override["evaluation.json"] = canonical(mutated(read(evaluation), dice))
    return "evaluation", scene


@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.soak) for block in range(1, 4))])
def test_an_oddity_anywhere_in_a_well_logged_file_is_refused_and_named(block: int) -> None:
    for number in range(MUTATIONS // 4):
        name, scene = forged(random.Random(1000 * block + number))
        if name in FREE:
            continue
        with pytest.raises(Problem) as caught:
            list(verify_evidence(scene.evidence(), the_policy()))
        assert caught.value.facts["where"], caught.value


def test_an_oddity_among_facts_for_reading_never_crashes_the_verifier() -> None:
    for number in range(MUTATIONS // 4):
        name, scene = forged(random.Random(9000 + number))
        if name in FREE:
            with suppress(Problem):
                list(verify_evidence(scene.evidence(), the_policy()))


@pytest.mark.parametrize("member", ["events.json", SEAL, "index.json"])
def test_an_oddity_in_how_events_are_shown_is_refused(member: str) -> None:
    dice = random.Random(member)
    for _ in range(MUTATIONS // 4):
        members = unpack(an_evidence())
        members[member] = canonical(mutated(read(members[member]), dice))
        with pytest.raises(Problem) as caught:
            list(verify_evidence(pack(members), the_policy()))
        assert caught.value.facts["where"]
