"""Who must not judge whom 回避: the union of GPR 9 and TBR 46, decided from codes and names."""

from datetime import UTC, date, datetime

import pytest

from expertpool.experts.rules import Tie, TieKind
from expertpool.recusal.rules import Hit, HitKind, Part, Party, Person, hits

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
A, B, C = "91420000MA00000001", "91420000MA00000002", "91420000MA00000003"
BIDDER = Party(A, "甲公司", Part.BIDDER, ("王某",))
MEMBER = Party(B, "乙公司", Part.MEMBER)


def kinds(person: Person, *parties: Party) -> list[HitKind]:
    return [hit.kind for hit in hits(person, parties or (BIDDER,), NOW)]


def tied(kind: TieKind, until: date | None = None, since: date | None = None, code: str = A) -> Person:
    return Person(None, (Tie(code, kind, since, until),), "李某")


def test_an_employee_of_a_party_does_not_judge() -> None:
    assert kinds(Person(A, (), "李某")) == [HitKind.EMPLOYED]


def test_an_employee_of_nobody_and_of_somebody_else_judges() -> None:
    assert kinds(Person(None, (), "李某")) == kinds(Person(C, (), "李某")) == []


@pytest.mark.parametrize("kind", [TieKind.EMPLOYED, TieKind.DIRECTOR, TieKind.CONTROLLING])
@pytest.mark.parametrize(
    ("until", "away"),
    [(None, True), (date(2026, 1, 1), True), (date(2023, 11, 22), True), (date(2023, 11, 21), False)],
)
def test_who_worked_for_led_or_controlled_a_bidder_stays_away_for_three_years(
    kind: TieKind, until: date | None, away: bool
) -> None:
    assert kinds(tied(kind, until)) == ([HitKind(kind)] if away else [])


@pytest.mark.parametrize("kind", [TieKind.KIN, TieKind.PUNISHED, TieKind.OTHER])
def test_other_ties_keep_away_while_they_last(kind: TieKind) -> None:
    assert kinds(tied(kind)) == [HitKind(kind)]
    assert kinds(tied(kind, date(2026, 11, 22))) == [HitKind(kind)]
    assert kinds(tied(kind, date(2026, 11, 21))) == []


def test_a_tie_that_begins_later_is_none_yet() -> None:
    assert kinds(tied(TieKind.EMPLOYED, since=date(2026, 11, 23))) == []


def test_three_years_after_a_leap_day_end_on_the_first_of_march() -> None:
    person = tied(TieKind.EMPLOYED, date(2024, 2, 29))
    assert hits(person, [BIDDER], datetime(2027, 3, 1, tzinfo=UTC)) == [Hit(HitKind.EMPLOYED, BIDDER)]
    assert hits(person, [BIDDER], datetime(2027, 3, 2, tzinfo=UTC)) == []


def test_members_of_a_consortium_agents_and_controlling_companies_are_parties_too() -> None:
    agent, above = Party(C, "丙公司", Part.AGENT), Party(A, "丁公司", Part.CONTROLLING)
    person = Person(B, (Tie(C, TieKind.OTHER), Tie(A, TieKind.KIN)), "李某")
    assert hits(person, [MEMBER, agent, above], NOW) == [
        Hit(HitKind.EMPLOYED, MEMBER), Hit(HitKind.OTHER, agent), Hit(HitKind.KIN, above),
    ]  # fmt: skip


def test_whoever_bears_the_name_of_a_partys_head_does_not_judge_it() -> None:
    assert kinds(Person(None, (), "王某")) == [HitKind.HEAD]


def test_a_party_is_told_by_its_code_never_by_its_name() -> None:
    assert kinds(Person(C, (), "李某"), Party(A, "丙公司", Part.BIDDER), Party(B, "丙公司", Part.MEMBER)) == []


def test_one_party_may_give_several_reasons_and_each_stands_once() -> None:
    twice = Person(A, (Tie(A, TieKind.EMPLOYED, None, None), Tie(A, TieKind.KIN)), "王某")
    assert kinds(twice) == [HitKind.EMPLOYED, HitKind.KIN, HitKind.HEAD]


def test_a_body_is_known_under_the_codes_of_those_it_was_merged_with() -> None:
    merged = BIDDER._replace(codes=frozenset({C}))
    assert kinds(Person(C, (), "李某"), merged) == [HitKind.EMPLOYED]
    assert kinds(tied(TieKind.DIRECTOR, code=C), merged) == [HitKind.DIRECTOR]
    assert kinds(Person(B, (), "李某"), merged) == []
