"""A life is a table: what it does not list cannot happen, and only by whom it names."""

from enum import StrEnum

import pytest

from infra.kernel.context import Role
from infra.kernel.problems import Problem
from infra.kernel.workflow import Step, Workflow


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"
    NOWHERE = "nowhere"


LIFE: Workflow[Lamp] = Workflow(
    "lamp",
    [
        Step("switch", Lamp.OFF, Lamp.ON, (Role.CENTRE,), "a switch"),
        Step("switch", Lamp.ON, Lamp.OFF, (Role.CENTRE, Role.AGENT), "a switch"),
        Step("break", Lamp.ON, Lamp.BROKEN, (Role.SYSTEM,), "entropy"),
    ],
)


def refusal(verb: str, state: Lamp, role: Role) -> Problem:
    with pytest.raises(Problem) as told:
        LIFE.move(verb, state, role)
    return told.value


def test_a_listed_step_leads_where_it_says() -> None:
    assert LIFE.move("switch", Lamp.OFF, Role.CENTRE) is Lamp.ON
    assert LIFE.move("switch", Lamp.ON, Role.AGENT) is Lamp.OFF


@pytest.mark.parametrize(("verb", "state"), [("break", Lamp.OFF), ("switch", Lamp.BROKEN), ("dance", Lamp.ON)])
def test_a_step_that_is_not_listed_is_refused(verb: str, state: Lamp) -> None:
    problem = refusal(verb, state, Role.CENTRE)
    assert (problem.code, problem.facts["verb"], problem.facts["state"]) == ("workflow.not-now", verb, state)


def test_a_step_by_somebody_else_is_refused() -> None:
    assert refusal("switch", Lamp.OFF, Role.AGENT).code == "workflow.not-yours"


def test_what_cannot_happen_now_is_told_before_who_may_do_it() -> None:
    assert refusal("break", Lamp.OFF, Role.PUBLIC).code == "workflow.not-now"


def test_a_verb_that_leads_to_two_places_is_no_life() -> None:
    twice = [Step("go", Lamp.OFF, Lamp.ON, (), ""), Step("go", Lamp.OFF, Lamp.BROKEN, (), "")]
    with pytest.raises(ValueError, match="two places"):
        Workflow("lamp", twice)


def test_only_what_steps_lead_to_is_reachable() -> None:
    assert LIFE.reachable() == {Lamp.OFF, Lamp.ON, Lamp.BROKEN}
