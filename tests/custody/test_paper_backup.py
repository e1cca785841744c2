"""Paper: any two of three sheets rebuild the trustee; a typing error is told with its place; what is safe afterwards."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from forging import DEADLINE, Ground, a_ground, clock, closed

from infra.crypto.keyset import Keyset, sign_keyset, with_signatures
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.tlog.policy import format_policy
from infra.trustee import duties, epochs, paper, releasing
from infra.trustee.paper import ALPHABET, kept_of, print_sheets, read_line, read_sheet, rebuild
from infra.trustee.state import State


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as told:
        call()
    return told.value


def two(state: State, first: int = 0, second: int = 2) -> paper.Kept:
    sheets = [read_sheet(one) for one in print_sheets(state, random_bytes)]
    return rebuild(sheets[first], sheets[second])


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(range(3), 2)))
def test_any_two_sheets_rebuild_everything(ground: Ground, first: int, second: int) -> None:
    state = ground.states["centre"]
    state.epochs["2031-2"] = random_bytes(32)
    assert two(state, first, second) == kept_of(state)


def test_one_sheet_tells_nothing_of_a_seed(ground: Ground) -> None:
    state = ground.states["centre"]
    for lines in print_sheets(state, random_bytes):
        share = read_sheet(lines).share
        assert not any(secret[:4] in share for secret in (state.identity, state.seed))


@pytest.mark.parametrize("line", [0, 3, -1])
def test_every_wrong_character_is_told_with_its_line(ground: Ground, line: int) -> None:
    lines = print_sheets(ground.states["agent"], random_bytes)[0]
    number = line % len(lines)
    for place, sign in enumerate(lines[number]):
        if sign == " ":
            continue
        wrong = ALPHABET[(ALPHABET.index(sign) + 7) % 32]
        typed = [*lines[:number], lines[number][:place] + wrong + lines[number][place + 1 :], *lines[number + 1 :]]
        told = refusal(lambda typed=typed: read_sheet(typed))  # type: ignore[misc]
        assert (told.code, told.facts["line"]) == ("paper.line", number + 1)


def test_case_spaces_and_letters_easily_misread_do_not_matter(ground: Ground) -> None:
    lines = print_sheets(ground.states["agent"], random_bytes)[0]
    typed = [line.lower().replace(" ", "-").replace("1", "l").replace("0", "o") for line in lines]
    assert read_sheet(typed) == read_sheet(lines)


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 28, "甲" * 28, "A" * 400])
def test_what_is_no_line_is_refused(text: str) -> None:
    assert refusal(lambda: read_line(text, 1)).code == "paper.line"


def test_missing_and_exchanged_lines_are_told(ground: Ground) -> None:
    lines = print_sheets(ground.states["agent"], random_bytes)[0]
    assert refusal(lambda: read_sheet(lines[:-1])).code == "paper.short"
    assert refusal(lambda: read_sheet([])).code == "paper.short"
    assert refusal(lambda: read_sheet([lines[1], lines[0], *lines[2:]])).code == "paper.line"


def test_sheets_that_do_not_belong_together_are_refused(ground: Ground) -> None:
    state = ground.states["agent"]
    one, other = ([read_sheet(lines) for lines in print_sheets(state, random_bytes)] for _ in range(2))
    assert refusal(lambda: rebuild(one[0], other[1])).code == "paper.other-set"
    assert refusal(lambda: rebuild(one[1], one[1])).code == "paper.same-sheet"
    twisted = paper.Sheet(other[1].number, one[0].set, other[1].share)
    assert refusal(lambda: rebuild(one[0], twisted)).code == "paper.damaged"


def test_the_text_of_a_sheet_reads_back(ground: Ground) -> None:
    lines = print_sheets(ground.states["agent"], random_bytes)[0]
    text = "SHEET 1 OF 3: keep\n" + "".join(f" {place:2}:  {line}\n" for place, line in enumerate(lines, 1))
    assert paper.coded_lines(text) == lines


# ---- rehearsal ------------------------------------------------------------------------------------------------------


def test_a_rehearsal_compares_paper_with_the_living_state(ground: Ground) -> None:
    state = ground.states["agent"]
    kept = two(state)
    epochs.rehearse(state, kept)
    epochs.begin(state, clock())
    assert refusal(lambda: epochs.rehearse(state, kept)).code == "paper.outdated"
    assert refusal(lambda: epochs.rehearse(state, two(ground.states["centre"]))).code == "paper.other-trustee"


def test_paper_from_before_the_policy_was_pinned_is_outdated(ground: Ground) -> None:
    state = ground.states["agent"]
    kept = two(state)
    state.policy_hash = "ab" * 32
    assert refusal(lambda: epochs.rehearse(state, kept)).facts["epoch"] == "policy"


# ---- restored -------------------------------------------------------------------------------------------------------


def signed_by_all(ground: Ground) -> Keyset:
    keyset = ground.keyset()
    people = {state.name: state for state in ground.states.values()}
    for state in people.values():
        duties.sign_keyset(state, {"document": keyset.encode().decode()})
    return with_signatures(keyset, [sign_keyset(keyset, people[one.name].signer) for one in keyset.custodians])


def restored(ground: Ground) -> State:
    state = epochs.restored(two(ground.states["agent"]), clock(-timedelta(days=2)))
    state.policy = format_policy(ground.policy)
    return state


def released(ground: Ground, state: State, keyset: Keyset) -> dict[str, Any]:
    asked = {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}
    return releasing.release(state, asked, [ground.evidence(closed(keyset))], ground.policy, clock())


def test_a_restored_trustee_releases_the_key_of_an_open_keyset(ground: Ground) -> None:
    keyset = signed_by_all(ground)
    state = restored(ground)
    assert state.enrolment() == ground.states["agent"].enrolment()
    assert len(unb64(released(ground, state, keyset)["sealed"])) == 32 + 64 + 16
    assert state.keysets[b64(keyset.digest)]["epoch"] != state.epoch


def test_a_restored_trustee_releases_no_key_of_a_keyset_that_not_all_have_signed(ground: Ground) -> None:
    keyset, state = ground.keyset(), restored(ground)
    assert refusal(lambda: released(ground, state, keyset)).code == "release.unknown-keyset"


def test_a_restored_trustee_signs_no_second_keyset_on_a_key_it_has_given_before(ground: Ground) -> None:
    """It no longer knows which keys it gave, so what paper holds gives no new ones: an earlier deadline would open bids."""
    signed_by_all(ground)
    state = restored(ground)
    earlier = ground.keyset(deadline="2020-01-01T00:00:00Z")
    told = refusal(lambda: duties.sign_keyset(state, {"document": earlier.encode().decode()}))
    assert told.code == "trustee.not-my-key"


def test_a_restored_trustee_gives_new_keys_from_a_new_epoch(ground: Ground) -> None:
    before, state = ground.states["agent"], restored(ground)
    asked = {"id": b64(random_bytes(32)), "section": "YH-1/02", "round": "1", "suite": "X25519-AES256GCM-SHA512"}
    assert duties.give_key(state, asked) != duties.give_key(before, asked)
    assert state.epoch not in before.epochs


def test_without_a_new_epoch_paper_gives_no_key(ground: Ground) -> None:
    state = restored(ground)
    del state.epochs[state.epoch]
    asked = {"id": b64(random_bytes(32)), "section": "YH-1/02", "round": "1"}
    assert refusal(lambda: duties.give_key(state, asked)).code == "trustee.epoch-paper"


def test_a_restored_trustee_goes_on_with_draws_where_the_others_are(ground: Ground) -> None:
    state = restored(ground)
    duties._check_number(state, "YH-1/01/3", "YH-1/01", 3)
    state.draws["YH-1/01"] = 3
    assert refusal(lambda: duties._check_number(state, "YH-1/01/5", "YH-1/01", 5)).code == "trustee.draw-number"


def test_a_draw_whose_number_is_lost_is_given_up(ground: Ground) -> None:
    state = restored(ground)
    lost = lambda: duties.escrow(state, {"draw": "YH-1/01/1"}, [], ground.policy, clock())  # noqa: E731
    assert refusal(lost).code == "trustee.draw-lost"


# ---- epochs ---------------------------------------------------------------------------------------------------------


def test_a_new_epoch_gives_new_keys_and_the_old_one_still_releases(ground: Ground) -> None:
    keyset, state = signed_by_all(ground), ground.states["agent"]
    name = epochs.begin(state, clock(timedelta(days=365)))
    assert (name, state.epoch) == ("2027", "2027")
    assert released(ground, state, keyset)["hash"]


def test_a_second_epoch_of_a_year_is_numbered(ground: Ground) -> None:
    state = ground.states["agent"]
    state.epochs, state.begun = {"2026": random_bytes(32)}, {"2026": ""}
    assert [epochs.begin(state, clock()) for _ in range(2)] == ["2026-2", "2026-3"]


def test_an_epoch_is_destroyed_only_when_no_deadline_needs_it(ground: Ground) -> None:
    keyset, state = signed_by_all(ground), ground.states["agent"]
    old = state.epoch
    assert refusal(lambda: epochs.destroy(state, old, DEADLINE)).code == "trustee.epoch-current"
    assert refusal(lambda: epochs.destroy(state, "1999", DEADLINE)).code == "trustee.epoch-unknown"
    epochs.begin(state, clock(timedelta(days=365)))
    before = DEADLINE - timedelta(seconds=1)
    assert refusal(lambda: epochs.destroy(state, old, before)).code == "trustee.epoch-needed"
    assert epochs.open_keysets(state, old) == [keyset.section]
    epochs.destroy(state, old, DEADLINE)
    told = refusal(lambda: released(ground, state, keyset))
    assert old not in state.epochs and told.code in ("release.unknown-keyset", "trustee.epoch-gone")


def test_an_epoch_taken_away_by_hand_is_told_to_be_gone(ground: Ground) -> None:
    keyset, state = signed_by_all(ground), ground.states["agent"]
    state.epochs = {"2031": random_bytes(32)}
    assert refusal(lambda: released(ground, state, keyset)).code == "trustee.epoch-gone"


def test_the_seed_that_is_the_identity_too_is_not_destroyed_alone(ground: Ground) -> None:
    state = ground.states["agent"]
    state.epochs = {"0000": state.identity, "2026": random_bytes(32)}
    assert refusal(lambda: epochs.destroy(state, "0000", DEADLINE)).code == "trustee.epoch-identity"
