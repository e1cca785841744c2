"""What the public reads of a section's recordings: when, how long, every gap with its reason, the root; no picture."""

from datetime import UTC, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.kernel.canonical import canonical
from trading.publication.queries import Dossier, dossier
from trading.recordings.export import published
from trading.recordings.told import ToldRecording, told_recording, told_recordings
from web.public.desk import Desk
from web.public.kept import KEPT
from web.public.section_page import kept_section, section_page
from web.recordings.disc import KINDS, WHYS
from web.recordings.words import SOURCES, STATES, TONES
from web.render import PageResponse
from web.state import Stack


@get("/sections/{tender:str}/{number:str}/recordings", opt=KEPT)
async def recordings(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """Every recording of the section, once its judges' acts are public."""
    at = desk.asking()

    async def show(found: Dossier, rows: list[ToldRecording]) -> PageResponse:
        return section_page(
            at.visit,
            at.stack.demo,
            found,
            "public/section_recordings.html",
            rows=rows,
            kinds=KINDS,
            whys=WHYS,
            states=STATES,
            tones=TONES,
            sources=SOURCES,
            instant=lambda moment: datetime.fromtimestamp(moment / 1000, UTC),
            lasted=lasted,
        )

    return await kept_section(at, f"{tender}/{number}", told_recordings, show)


@get("/sections/{tender:str}/{number:str}/recordings/{recording:str}/published.json", opt={"audience": "public"})
async def published_file(
    tender: FromPath[str], number: FromPath[str], recording: FromPath[str], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """What the log told of a closed recording, for `openhall verify recording PATH --published FILE`; `recording.unknown`."""
    async with stack.database.reading() as session:
        found = await told_recording(session, await dossier(session, f"{tender}/{number}"), recording)
        told = await published(session, found.id)
    headers = {"Content-Disposition": f'attachment; filename="{recording}-published.json"'}
    return Response(canonical(told), media_type="application/json", headers=headers)


def lasted(length: int) -> str:
    """A length of milliseconds as `1:02:03`."""
    seconds = length // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


HANDLERS = [recordings, published_file]
