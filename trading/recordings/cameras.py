"""The cameras of a room: entered and removed by the centre; addresses are kept wrapped and shown without their account."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.recordings.rules import checked_address, checked_label
from trading.recordings.tables import Camera, CameraKind
from trading.venues.tables import Room

LABEL = "camera-address/v1"


async def enter_camera(
    work: Work,
    service: KeyService,
    room_id: str,
    label: str,
    address: str,
    *,
    kind: CameraKind = CameraKind.CAMERA,
    mandatory: bool = True,
) -> Camera:
    """Enter a camera of a room of one's region; `camera.label`, `camera.address`, `camera.known`, `room.unknown`."""
    require(work.ctx.actor, "camera.enter")
    room = await _room(work, room_id)
    label, address = checked_label(label), checked_address(address)
    known = select(Camera.id).where(Camera.room == room.id, Camera.label == label, Camera.removed_at.is_(None))
    if (await work.session.execute(known)).scalar() is not None:
        raise Problem("camera.known", label=label)
    camera = Camera(
        id=(found := work.ctx.new_id("camera")),
        room=room.id,
        label=label,
        kind=kind,
        sealed=service.wrap(LABEL, found, address.encode(), work.ctx.random),
        mandatory=mandatory,
        entered_at=work.ctx.now,
        region=room.region,
    )
    work.session.add(camera)
    work.record(
        Event.CAMERA_ENTERED,
        camera.id,
        region=room.region,
        room=room.id,
        label=label,
        kind=str(kind),
        mandatory=mandatory,
    )
    return camera


async def remove_camera(work: Work, camera_id: str) -> None:
    """The camera takes part in no further recording; what it recorded stays. `camera.unknown`."""
    require(work.ctx.actor, "camera.enter")
    camera = await find_camera(work.session, camera_id)
    camera.removed_at = work.ctx.now
    work.record(Event.CAMERA_REMOVED, camera.id, region=camera.region, room=camera.room, label=camera.label)


async def cameras_of(session: AsyncSession, room_id: str) -> list[Camera]:
    """The cameras that record in a room, in the order they were entered."""
    wanted = select(Camera).where(Camera.room == room_id, Camera.removed_at.is_(None))
    return list((await session.execute(wanted.order_by(Camera.entered_at, Camera.id))).scalars())


async def find_camera(session: AsyncSession, camera_id: str) -> Camera:
    """A camera that stands; `camera.unknown` for any other. Whoever acts for a region sees that region's alone."""
    wanted = select(Camera).where(Camera.id == camera_id, Camera.removed_at.is_(None))
    found = None if "\0" in camera_id else (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        raise Problem("camera.unknown", id=camera_id)
    return found


def address_of(service: KeyService, camera: Camera) -> str:
    """The camera's whole address, with its password: for the recorder alone."""
    return service.unwrap(LABEL, camera.id, camera.sealed).decode()


async def _room(work: Work, room_id: str) -> Room:
    wanted = select(Room).where(Room.id == room_id, Room.closed_at.is_(None))
    if work.ctx.actor.region:
        wanted = wanted.where(Room.region == work.ctx.actor.region)
    room = None if "\0" in room_id else (await work.session.execute(wanted)).scalar_one_or_none()
    if room is None:
        raise Problem("room.unknown", id=room_id)
    return room
