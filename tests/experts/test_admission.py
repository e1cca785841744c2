"""What an entry into the pool needs is a rule with its article, and forms, files and reviews are held to the one in force."""

import pytest
from pool_files import cells, csv_of
from pool_scene import REGION, a_profile

from expertpool.directory.importing import lines_of
from expertpool.experts.profile import checked_profile
from expertpool.experts.rules import LAW, Admission, Title
from infra.kernel.problems import Problem
from trading.regimes.regime import Mark, Rule
from trading.regimes.rules import CONSTRUCTION, DEMONSTRATION
from web.problems import explain

MILDER = Admission(5, frozenset({Title.SENIOR, Title.FULL_SENIOR}), "XX 9", "○")


def test_the_law_asks_for_eight_years_and_a_senior_title_or_its_equal() -> None:
    for regime in (CONSTRUCTION, DEMONSTRATION):
        years, titles = regime.parameter(Rule.EXPERT_YEARS), regime.parameter(Rule.EXPERT_TITLES)
        assert (years.value, years.source, years.mark) == (8, "TBL 37", Mark.READ)
        assert (frozenset(regime.words(Rule.EXPERT_TITLES)), titles.source) == (frozenset(Title), "TBL 37")
        assert Admission(regime.count(Rule.EXPERT_YEARS), frozenset(Title), years.source, years.mark) == LAW


@pytest.mark.parametrize(
    ("title", "years", "admission", "code"),
    [
        (Title.EQUAL, 8, LAW, None),
        (Title.SENIOR, 7, LAW, "expert.years"),
        (Title.SENIOR, 5, MILDER, None),
        (Title.SENIOR, 4, MILDER, "expert.years"),
        (Title.EQUAL, 30, MILDER, "expert.title"),
    ],
)
def test_a_profile_is_held_to_the_rule_it_is_checked_under(
    title: Title, years: int, admission: Admission, code: str | None
) -> None:
    profile = a_profile(title=title, years=years)
    if code is None:
        assert checked_profile(profile, admission).years == years
        return
    with pytest.raises(Problem) as told:
        checked_profile(profile, admission)
    assert told.value.code == code
    if code == "expert.years":
        assert told.value.facts == {"least": admission.years, "source": admission.source}


def test_a_refusal_names_the_article_it_rests_on() -> None:
    with pytest.raises(Problem) as told:
        checked_profile(a_profile(years=3), MILDER)
    _, happened, remedy = explain(told.value, "en")
    assert "5 years" in happened and "XX 9" in remedy


def test_the_lines_of_a_file_are_held_to_it_too() -> None:
    data = csv_of(cells(1, region=REGION, years="6"), cells(2, region=REGION, years="6", title="equal"))
    assert [line.code for line in lines_of(data, REGION)] == ["expert.years"] * 2
    assert [line.code for line in lines_of(data, REGION, MILDER)] == ["", "expert.title"]
