"""What recordings let be done in the background: term and hold carried to the store, files to hand out."""

from pathlib import Path

from infra.jobs import Task
from trading.recordings.keeping import keep_parts, make_export
from trading.recordings.rules import EXPORT, KEEP
from web.recordings.exporting import export_recording
from web.state import Stack


def recording_tasks(stack: Stack) -> dict[str, Task]:
    """Term and hold of a recording reach the store, and files of it are made."""

    async def write(recording: str, out: Path) -> None:
        await export_recording(stack.database, stack.objects, recording, out)

    return {
        KEEP: lambda payload: keep_parts(stack.database, stack.objects, payload["recording"]),
        EXPORT: lambda payload: make_export(
            stack.database, stack.objects, payload["recording"], payload["number"], write
        ),
    }
