"""A closed recording as one file to hand out: a ZIP, or a disc image for 刻制光盘, with its page and what verifies it."""

import asyncio
import tempfile
from pathlib import Path

from infra.db.work import Database
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.discs import write_iso, write_zip
from trading.recordings.export import streams_shown, write_folder
from trading.recordings.queries import find_recording
from web.i18n import Language
from web.recordings.disc import disc_page

PAGES = {Language.ZH: "index.html", Language.EN: "index-en.html"}
FORMS = {".zip": write_zip, ".iso": write_iso}


async def export_recording(database: Database, objects: Objects, recording_id: str, out: Path) -> None:
    """Write a closed recording to `out`, whose ending tells the form (`.zip`, `.iso`); `recording.not-closed`, `objects.…`.

    It is gathered in a folder beside `out` first: as much room again is needed there.
    """
    async with database.reading() as session:
        recording = await find_recording(session, recording_id)
        streams = await streams_shown(session, recording_id)
    if recording.document is None:
        raise Problem("recording.not-closed", id=recording_id)
    pages = {name: disc_page(language, recording.document, streams) for language, name in PAGES.items()}
    with tempfile.TemporaryDirectory(prefix="recording-", dir=out.parent) as folder:
        await write_folder(database, objects, recording_id, Path(folder), pages)
        await asyncio.to_thread(FORMS[out.suffix], Path(folder), out)
