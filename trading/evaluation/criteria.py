"""Examination items 评审项 of a tender document: what a bid passes or fails before anybody marks it; pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from infra.kernel.fields import array_at, at, is_written, members_at, text_at, word_at
from infra.kernel.problems import Problem
from trading.regimes.regime import Regime, Rule

MOST = 60
LONGEST_ID, LONGEST_NAME, LONGEST_CLAUSE = 20, 200, 60


class Stage(StrEnum):
    """The three parts of the preliminary examination 初步评审, in their order."""

    FORM = "form"
    QUALIFICATION = "qualification"
    RESPONSIVENESS = "responsiveness"


class Criterion(NamedTuple):
    """One examination item: where the document sets it (`clause`) and why a bid that fails it is rejected (`ground`)."""

    id: str
    stage: Stage
    zh: str
    en: str
    clause: str
    ground: str

    def name(self, language: str) -> str:
        """Its name in a language, else in Chinese."""
        return (self.en if language == "en" else "") or self.zh


def read_examination(value: Any, regime: Regime, path: str = "$.examination") -> tuple[Criterion, ...]:
    """The examination items of a document to be issued, or the refusal of the first that must not be.

    `examination.id`, `.item-twice`, `.name`, `.clause-empty`, `.ground-unknown`, `.many`: a bid is rejected only on a
    ground of the law that the document names beforehand (TBR 49, 51).
    """
    entries = array_at(value, path)
    if len(entries) > MOST:
        raise Problem("examination.many", path=path, most=MOST)
    grounds = regime.words(Rule.REJECTION_GROUNDS)
    found: list[Criterion] = []
    for place, entry in enumerate(entries):
        here = at(path, place)
        one = _criterion(entry, here)
        if any(one.id == other.id for other in found):
            raise Problem("examination.item-twice", path=at(here, "id"), item=one.id)
        if one.ground not in grounds:
            source = regime.parameter(Rule.REJECTION_GROUNDS).source
            allowed = ", ".join(grounds)
            raise Problem(
                "examination.ground-unknown", path=at(here, "ground"), item=one.id, ground=one.ground, allowed=allowed,
                source=source,
            )  # fmt: skip
        found.append(one)
    return tuple(found)


def criteria_of(examination: Sequence[dict[str, Any]]) -> tuple[Criterion, ...]:
    """The frozen examination items as stored; they were checked when they were frozen."""
    return tuple(
        Criterion(one["id"], Stage(one["stage"]), one["zh"], one.get("en", ""), one["clause"], one["ground"])
        for one in examination
    )


def _criterion(entry: Any, path: str) -> Criterion:
    found = members_at(entry, path, ("id", "stage", "zh", "clause", "ground"), ("en",))
    texts = {name: text_at(found.get(name, ""), at(path, name)) for name in ("id", "zh", "en", "clause", "ground")}
    stage = Stage(word_at(found["stage"], at(path, "stage"), list(Stage)))
    item = texts["id"]
    if not is_written(item, LONGEST_ID):
        raise Problem("examination.id", path=at(path, "id"), longest=LONGEST_ID)
    if not is_written(texts["zh"], LONGEST_NAME) or len(texts["en"]) > LONGEST_NAME:
        raise Problem("examination.name", path=at(path, "zh"), item=item, longest=LONGEST_NAME)
    if not is_written(texts["clause"], LONGEST_CLAUSE):
        raise Problem("examination.clause-empty", path=at(path, "clause"), item=item, longest=LONGEST_CLAUSE)
    return Criterion(item, stage, texts["zh"], texts["en"], texts["clause"], texts["ground"])
