"""The words of recordings' pages: kinds of recordings, sources and states."""

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
