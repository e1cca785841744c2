"""The way through the evaluation room: what is done, due now, still to come, and what was never needed."""

from dataclasses import replace
from typing import Any

import pytest
from judge_hall import METHOD

from expertpool.draw.tables import Seat
from infra.edge import utc_now
from trading.bidding.tables import Bid
from trading.blind.rules import Blindfold
from trading.evaluation.committee import Kind, Motion, standing
from trading.evaluation.leader import Election
from trading.evaluation.queries import Committee
from trading.evaluation.reading import read_method
from trading.evaluation.tables import Evaluation
from trading.opening.queries import Progress
from trading.regimes.rules import DEMONSTRATION
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.judge.room import Room, stations

PLAIN = {**METHOD, "items": [item for item in METHOD["items"] if item["kind"] == "subjective"]}
ELECTED = Election(1, (1,), frozenset({1}), {1: 1}, 1)
MOTION = Motion(1, Kind.REJECTION, {"bid": "bid-1", "article": "TBR 51(3)", "reasons": "…"}, {"J1": False})


def a_room(state: SectionState, *motions: Motion, **changed: Any) -> Room:
    """The room of the only judge; nothing in it has to be found, nobody was elected, unless `changed` says so."""
    seat = Seat(id="seat-1", number=1, signed_in_at=utc_now())
    bids = [Bid(id=f"bid-{number}") for number in (1, 2, 3)]
    room = Room(
        seat=seat,
        section=Section(id="T-1/1", state=state),
        committee=Committee([seat], standing(motions, 1), bids, list(motions)),
        names={},
        method=read_method(PLAIN),
        labels={},
        regime=DEMONSTRATION,
        progress=Progress(3, 3, 3, 0, 0, None),
        election=Election(1, (1,), frozenset(), {}, None),
        drafts={},
        locked=None,
        evaluation=None,
        answered=False,
        fold=Blindfold(),
    )
    return replace(room, **changed)


MARKED: dict[str, Any] = {"locked": {}, "evaluation": Evaluation(published_at=utc_now())}
FAILED, EVALUATING, OVER = SectionState.FAILED, SectionState.EVALUATING, SectionState.PUBLICITY


@pytest.mark.parametrize(
    ("room", "statuses"),
    [
        (a_room(EVALUATING), "done now spared todo todo"),
        (a_room(EVALUATING, method=read_method(METHOD)), "done now todo todo todo"),
        (a_room(EVALUATING, MOTION, election=ELECTED), "done done done now todo"),
        (a_room(SectionState.MARKED, **MARKED), "done spared spared done now"),
        (a_room(SectionState.MARKED, MOTION, election=ELECTED, **MARKED), "done done done done now"),
        (a_room(SectionState.REPORTED, answered=True, **MARKED), "done spared spared done done"),
        (a_room(OVER, **MARKED), "done spared spared done spared"),
        (a_room(FAILED), "done spared spared spared spared"),
    ],
)
def test_what_was_never_needed_is_told_apart_from_what_is_done(room: Room, statuses: str) -> None:
    assert [one.status for one in stations(room)] == statuses.split()


def test_a_judge_who_never_answered_reads_that_silence_counted_as_consent() -> None:
    assert stations(a_room(OVER, **MARKED))[-1].note == "silence counted as consent"
    assert stations(a_room(FAILED))[-1].note == "not needed"
