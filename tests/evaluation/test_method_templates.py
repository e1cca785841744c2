"""Scoring methods to start from can be issued as they are, and say what each mark means and why a bid is rejected."""

from decimal import Decimal
from itertools import pairwise

import pytest

from trading.evaluation.bands import read_bands
from trading.evaluation.method import check_method
from trading.evaluation.rules import ItemKind
from trading.regimes.regime import Regime, Rule
from trading.regimes.rules import ALL
from trading.sections.templates import TEMPLATES, templates_for
from web.demo import cast

ISSUED = [(name, regime) for regime in ALL for name in templates_for(regime)]


@pytest.mark.parametrize(("name", "regime"), ISSUED, ids=[f"{name} {regime.id}" for name, regime in ISSUED])
def test_each_template_can_be_issued_under_every_rule_set_that_allows_its_kind(name: str, regime: Regime) -> None:
    """And it is usable as it is: every item that judges mark has bands over the whole of its marks, every ground its item."""
    template = TEMPLATES[name]
    assert template.method["price"]["kind"] in regime.words(Rule.METHODS)
    scoring = check_method(template.method, regime, template.labels, template.examination)
    for item in scoring.method.of_kind(ItemKind.SUBJECTIVE).values():
        bands = read_bands(template.labels[item.id]["bands"], item, "$")
        assert (bands[0].high, bands[-1].low) == (item.max, 0)
        assert all(len(band.means) >= 8 for band in bands)
        assert all(below.high + Decimal(str(item.step)) == above.low for above, below in pairwise(bands))
    assert {one.ground for one in scoring.examination} == set(regime.words(Rule.REJECTION_GROUNDS))
    assert {one.clause for one in scoring.examination} <= {title for title, _ in template.clauses}


def test_every_template_is_offered_under_some_rule_set() -> None:
    assert {name for name, _ in ISSUED} == set(TEMPLATES)


def test_the_demonstration_marks_by_the_template_that_its_documents_come_from() -> None:
    assert TEMPLATES["benchmark"].method == cast.METHOD
