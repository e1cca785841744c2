"""The words of recordings' pages: kinds of recordings, sources and states."""

from infra.access.rules import Read
from infra.kernel.events import Event
from trading.recordings.tables import CameraKind, RecordingState, StreamKind
from web.i18n import N_

STATES = {
    RecordingState.RUNNING: N_("recording"),
    RecordingState.STOPPED: N_("stopped, to be closed"),
    RecordingState.CLOSED: N_("closed"),
}
TONES = {RecordingState.RUNNING: "live", RecordingState.STOPPED: "warn", RecordingState.CLOSED: "ok"}
SOURCES = {
    StreamKind.CAMERA: N_("Camera"),
    StreamKind.NVR: N_("Channel of a network recorder"),
    StreamKind.BACKFILL: N_("Backfill from a network recorder"),
    StreamKind.BROWSER: N_("Camera of a laptop"),
    StreamKind.SCREEN: N_("Screen"),
    StreamKind.QUESTIONS: N_("Questions"),
}
CAMERAS = {CameraKind.CAMERA: SOURCES[StreamKind.CAMERA], CameraKind.NVR: SOURCES[StreamKind.NVR]}
STARTING = N_("the recorder has not begun yet")
READS = {Read.RECORDING_WATCHED: N_("watched"), Read.RECORDING_EXPORTED: N_("file taken")}
GROUPS = {
    "people": N_("People"),
    "stages": N_("Stages"),
    "marks": N_("Marks and locks"),
    "questions": N_("Clarifications"),
    "recording": N_("Recording"),
    "other": N_("Other events"),
}
"""Kinds of events on a recording's timeline, in their order."""
_BY_SUBJECT = {
    "judge": "people", "seat": "people", "representative": "people", "recusal": "people", "invitation": "people",
    "slip": "people", "list": "people", "draw": "people", "panel": "people",
    "mark": "marks", "marks": "marks", "examination": "marks", "report": "marks", "resolution": "marks",
    "inquiry": "questions", "clarification": "questions",
    "section": "stages", "evaluation": "stages", "price": "stages", "marking-time": "stages", "key": "stages",
    "recording": "recording", "camera": "recording",
}  # fmt: skip


def group_of(event: Event) -> str:
    """Which kind an event is of."""
    return _BY_SUBJECT.get(event.partition(".")[0], "other")
