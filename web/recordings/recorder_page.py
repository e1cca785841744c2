"""The recorder page: any laptop's camera, microphone or screen joins a recording that runs."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from infra.kernel.context import Role
from trading.recordings.joining import own_recording, recordings_to_join
from trading.sections.tables import Section
from trading.venues.tables import Room
from web.recordings.disc import KINDS
from web.render import page
from web.security import CAPTURES
from web.state import Stack
from web.visit import Visit

RECORDER = {"audience": ["centre", "agent", "judge"]}


@get("/recorder", opt=RECORDER)
async def recorder_list(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The recordings that one may join."""
    async with stack.database.reading(visit.actor) as session:
        rows = await recordings_to_join(session, visit.actor)
    return page(visit, "recordings/recorder_list.html", demo=stack.demo, rows=rows, kinds=KINDS)


@get("/recorder/{recording:str}", opt={**RECORDER, CAPTURES: True})
async def recorder_page(
    recording: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The recorder itself; of a recording that is over it only sends what this browser still has."""
    async with stack.database.reading(visit.actor) as session:
        found = await own_recording(session, visit.actor, recording)
        section, room = await session.get_one(Section, found.section), await session.get_one(Room, found.room)
    return page(
        visit,
        "recordings/recorder.html",
        demo=stack.demo,
        recording=found,
        section=section,
        room=room,
        kinds=KINDS,
        judge=visit.actor.role == Role.JUDGE,
        centre=visit.actor.role == Role.CENTRE,
    )


HANDLERS: list[ControllerRouterHandler] = [recorder_list, recorder_page]
