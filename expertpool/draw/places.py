"""Places on a committee that nobody holds."""

from expertpool.draw.tables import Draw, Seat
from expertpool.recusal.representatives import REPRESENTATIVE
from infra.db.work import Work


def vacant_seat(work: Work, draw: Draw, number: int, specialty: str, kind: str = "expert") -> Seat:
    """A seat with nobody's name and a slip that nobody has."""
    return Seat(
        id=work.ctx.new_id("seat"),
        section=draw.section,
        draw=draw.id,
        number=number,
        region=draw.region,
        specialty=specialty,
        kind=kind,
        sealed_expert=b"",
        sealed_slip=b"",
        slip_hash=work.ctx.random(32),
        vacant_since=work.ctx.now,
    )


def keep_places(work: Work, draw: Draw, experts: int) -> None:
    """Behind the experts' seats those of the representatives asked for; the procuring entity names who takes them."""
    for place in range(1, draw.request.get("representatives", 0) + 1):
        work.session.add(vacant_seat(work, draw, experts + place, REPRESENTATIVE, REPRESENTATIVE))
