"""What scoring methods to start from are made of: items, their names with bands of marks, examination items."""

from typing import Any, NamedTuple

Clause = tuple[str, str]


class Template(NamedTuple):
    """A scoring method with its items' names and anchors, the clauses that go with it, and what is examined before."""

    method: dict[str, Any]
    labels: dict[str, dict[str, Any]]
    clauses: tuple[Clause, ...]
    examination: tuple[dict[str, str], ...] = ()


_WORDS = ("优", "良", "中", "差")
twenty_five = ("25", "21", "20.5", "15", "14.5", "8", "7.5", "0")
words = "按证明材料逐项计分，缺一项扣 1 分，扣完为止"


def item(name: str, group: str, most: str, step: str = "0.5", kind: str = "subjective") -> dict[str, str]:
    """An item of a method."""
    return {"id": name, "group": group, "kind": kind, "max": most, "step": step}


def label(zh: str, en: str, ends: tuple[str, ...] = (), means: tuple[str, ...] = ()) -> dict[str, Any]:
    """Names, and bands from the highest down: `ends` are 20 16, 15.5 11, … as (to, from) of each."""
    label: dict[str, Any] = {"zh": zh, "en": en}
    if not ends:
        return label
    pairs = zip(ends[::2], ends[1::2], strict=True)
    bands = [
        {"word": word, "from": low, "to": high, "means": mean}
        for word, (high, low), mean in zip(_WORDS, pairs, means, strict=True)
    ]
    return label | {"bands": bands}


def check(place: int, stage: str, zh: str, en: str, clause: str, ground: str) -> dict[str, str]:
    """An examination item, `e` and its place."""
    return {"id": f"e{place}", "stage": stage, "zh": zh, "en": en, "clause": clause, "ground": ground}
