"""The words for what happens to rooms, their bookings, cameras and recordings; part of `web.labels`."""

from infra.kernel.events import Event
from web.i18n import N_

ROOM_EVENTS = {
    Event.ROOM_ENTERED: N_("Room entered"),
    Event.ROOM_BOOKED: N_("Room booked"),
    Event.BOOKING_MOVED: N_("Booking moved"),
    Event.BOOKING_CONFIRMED: N_("Booking confirmed"),
    Event.BOOKING_CANCELLED: N_("Booking cancelled"),
    Event.CAMERA_ENTERED: N_("Camera entered"),
    Event.CAMERA_REMOVED: N_("Camera removed"),
    Event.RECORDING_OPENED: N_("Recording begun"),
    Event.RECORDING_JOINED: N_("Another source joins the recording"),
    Event.RECORDING_HEADED: N_("Running heads of a recording"),
    Event.RECORDING_GAPPED: N_("A source is not recorded"),
    Event.RECORDING_EXPLAINED: N_("Gap of a recording explained"),
    Event.RECORDING_STOPPED: N_("Recording stopped"),
    Event.RECORDING_CLOSED: N_("Recording closed"),
    Event.RECORDING_KEPT: N_("Recording kept longer"),
    Event.RECORDING_HELD: N_("Recording put under legal hold"),
    Event.RECORDING_RELEASED: N_("Legal hold of a recording ended"),
    Event.RECORDING_EXPORTED: N_("Recording exported"),
}
