"""Who may listen to a draw's channel, and what it may say."""

from typing import Any

import pytest
from scenes import Hall

from infra.edge import utc_now
from infra.kernel.channels import OF_A_DRAW, draw_channel
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from web.i18n import Language
from web.live import _may_watch
from web.visit import Visit

pytestmark = pytest.mark.soak


class _SignedIn:
    """Somebody with a session, as a visit knows them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def visit(actor: Actor | None) -> Visit:
    who: Any = None if actor is None else _SignedIn(actor)
    return Visit(Language.ZH, "/live", "", utc_now(), False, None, who)


@pytest.mark.parametrize(
    ("login", "heard"), [("centre", True), ("agent", True), ("procurer", True), ("bidder1", False), (None, False)]
)
async def test_only_the_centre_and_the_sections_procurers_hear_of_a_draw(
    hall: Hall, section: str, login: str | None, heard: bool
) -> None:
    actor = None if login is None else hall.actor(login)
    assert await _may_watch(hall.database, visit(actor), draw_channel(section)) is heard


async def test_a_centre_of_another_region_and_another_agent_hear_nothing(hall: Hall, section: str) -> None:
    far = Actor("account-far", Role.CENTRE, None, "420500")
    other = Actor("account-other", Role.AGENT, hall.bodies["bidder1"].id, None)
    for actor in (far, other):
        assert not await _may_watch(hall.database, visit(actor), draw_channel(section))


def test_no_answer_and_no_replacement_is_told_at_the_moment_it_happens() -> None:
    silent = {
        Event.INVITATION_SENT,
        Event.INVITATION_ACCEPTED,
        Event.INVITATION_DECLINED,
        Event.INVITATION_UNANSWERED,
        Event.JUDGE_REPLACED,
        Event.RECUSAL_FOUND,
        Event.DISPATCH_SETTLED,
    }
    assert not silent & OF_A_DRAW
