"""What a section's archive must hold at which point of its life, and until when it is kept (CQ 38, GPL 42)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infra.kernel.problems import Problem
from trading.archive.handover import Item, State
from trading.handover.rules import RULES, Kept, Reached, completeness, missing
from trading.publication.rules import term_end
from trading.regimes.procurement import KEEPING
from trading.regimes.regime import Mark, Parameter, Rule
from trading.regimes.rules import CONSTRUCTION, DEMONSTRATION
from trading.sections.queries import require_up
from trading.sections.tables import Section

A_FILE = (Kept("a.json", "00" * 32, 1),)
BEFORE = {Reached.PUBLISHED}
RUNNING = BEFORE | {Reached.CLOSED, Reached.OPENED}
AWARDED = RUNNING | {Reached.MARKED, Reached.PUBLICISED, Reached.AWARDED, Reached.ENDED}
TOO_FEW = BEFORE | {Reached.CLOSED, Reached.FAILED, Reached.ENDED}


def states(reached: set[Reached], *held: Item) -> dict[Item, State]:
    rows = completeness(CONSTRUCTION, reached, dict.fromkeys(held, A_FILE))
    return {row.item: row.state for row in rows}


def test_every_item_is_asked_for_by_a_parameter_with_an_article_that_was_read() -> None:
    assert [row.item for row in completeness(CONSTRUCTION, BEFORE, {})] == list(Item)
    assert {CONSTRUCTION.parameter(rule).mark for rule in RULES.values()} == {Mark.READ}
    assert all(CONSTRUCTION.parameter(rule).source for rule in RULES.values())


def test_before_the_deadline_only_notice_document_and_journal_are_due() -> None:
    found = states(BEFORE)
    due = {item for item, state in found.items() if state is State.MISSING}
    assert due == {Item.NOTICE, Item.DOCUMENT, Item.JOURNAL}
    assert found[Item.FAILURE] is State.NONE and found[Item.CONTRACT] is State.WAITING


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (Item.OPENING, State.MISSING),
        (Item.MARKS, State.WAITING),
        (Item.EVIDENCE, State.WAITING),
        (Item.INQUIRIES, State.WAITING),
        (Item.LETTERS, State.WAITING),
    ],
    ids=str,
)
def test_between_opening_and_marks_what_is_to_come_is_not_missing(item: Item, state: State) -> None:
    assert states(RUNNING)[item] is state


def test_after_the_award_the_contract_is_not_missing_before_its_period_is_over() -> None:
    assert states(AWARDED)[Item.CONTRACT] is State.WAITING
    assert states(AWARDED | {Reached.CONTRACT_DUE})[Item.CONTRACT] is State.MISSING
    assert states(AWARDED | {Reached.CONTRACT_DUE}, Item.CONTRACT)[Item.CONTRACT] is State.THERE


def test_a_contract_signed_early_is_there_before_its_period_is_over() -> None:
    assert states(AWARDED, Item.CONTRACT)[Item.CONTRACT] is State.THERE


def test_nobody_asked_and_nobody_returned_the_report_is_no_gap() -> None:
    found = states(AWARDED)
    assert found[Item.INQUIRIES] is State.NONE and found[Item.REVIEW] is State.NONE


def test_a_section_that_failed_for_too_few_bids_lacks_neither_record_nor_marks_nor_award() -> None:
    found = states(TOO_FEW, Item.NOTICE, Item.DOCUMENT, Item.BIDS, Item.FAILURE, Item.EVIDENCE, Item.JOURNAL)
    assert set(found.values()) == {State.THERE, State.NONE}
    assert found[Item.OPENING] is State.NONE and found[Item.CONTRACT] is State.NONE


def test_a_failed_section_without_its_notice_is_incomplete() -> None:
    rows = completeness(CONSTRUCTION, TOO_FEW, dict.fromkeys(set(Item) - {Item.FAILURE}, A_FILE))
    assert missing(rows) == [Item.FAILURE]


def test_what_the_store_has_lost_is_missing_though_other_files_of_it_are_there() -> None:
    rows = completeness(CONSTRUCTION, AWARDED, {Item.DOCUMENT: A_FILE}, {Item.DOCUMENT})
    row = next(row for row in rows if row.item is Item.DOCUMENT)
    assert (row.state, row.files) == (State.MISSING, A_FILE)


def test_an_archive_is_kept_fifteen_years_from_the_end_of_the_procedure() -> None:
    ended = datetime(2026, 10, 19, 8, 30, tzinfo=UTC)
    assert CONSTRUCTION.years_after(ended, Rule.RETENTION_YEARS) == datetime(2041, 10, 19, 16, 0, tzinfo=UTC)


def test_the_day_of_the_end_is_that_of_the_centre_not_that_of_greenwich() -> None:
    assert CONSTRUCTION.years_after(datetime(2026, 10, 19, 17, 0, tzinfo=UTC), Rule.RETENTION_YEARS) == datetime(
        2041, 10, 20, 16, 0, tzinfo=UTC
    )


def test_a_procedure_that_ended_on_a_29_february_is_kept_to_the_28th() -> None:
    assert CONSTRUCTION.years_after(datetime(2028, 2, 29, 1, tzinfo=UTC), Rule.RETENTION_YEARS) == datetime(
        2043, 2, 28, 16, tzinfo=UTC
    )


def test_a_demonstration_keeps_for_fifteen_years_of_its_short_days() -> None:
    ended = datetime(2026, 10, 19, 8, 30, tzinfo=UTC)
    assert DEMONSTRATION.years_after(ended, Rule.RETENTION_YEARS) == ended + 15 * 365 * DEMONSTRATION.days.length


def test_no_article_that_was_read_ends_a_publication_so_that_it_stays() -> None:
    stays = CONSTRUCTION.parameter(Rule.PUBLICATION_YEARS)
    assert (stays.value, stays.mark) == (0, Mark.UNVERIFIED)
    assert term_end(CONSTRUCTION, datetime(2026, 10, 19, tzinfo=UTC)) is None


def test_a_rule_set_that_ends_a_publication_counts_its_years_from_the_end_of_the_procedure() -> None:
    term = Parameter(Rule.PUBLICATION_YEARS, 2, "region's own rule", Mark.UNVERIFIED)
    regional = replace(CONSTRUCTION, parameters={**CONSTRUCTION.parameters, Rule.PUBLICATION_YEARS: term})
    assert term_end(regional, datetime(2026, 10, 19, 8, tzinfo=UTC)) == datetime(2028, 10, 19, 16, tzinfo=UTC)


def test_a_section_that_was_taken_down_says_when_by_which_rule_and_with_what_digest() -> None:
    at = datetime(2028, 10, 19, 16, tzinfo=UTC)
    section = Section(id="YH-1/1", regime=CONSTRUCTION.id, taken_down_at=at, taken_down_digest=bytes(32))
    with pytest.raises(Problem, match=r"publication\.over") as caught:
        require_up(section)
    facts = {"at": at, "source": "O1117 (五)", "mark": "○", "digest": "00" * 32}
    assert caught.value.facts == {"section": "YH-1/1", **facts}


def test_a_section_that_is_up_is_read_by_anybody() -> None:
    require_up(Section(id="YH-1/1", regime=CONSTRUCTION.id))


def test_purchases_are_kept_fifteen_years_too_by_an_article_that_was_read() -> None:
    kept = KEEPING[Rule.RETENTION_YEARS]
    assert (kept.value, kept.source, kept.mark) == (15, "GPL 42", Mark.READ)
