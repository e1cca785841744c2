"""What may be seen of registrations: one's own versions, a region's queue for its centre, hints of duplicates."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import FOR_A_BODY, Membership, Organisation
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem

PAGE = 20
DUPLICATES = 10


class Centre(NamedTuple):
    """A trading centre that takes applications: its region and its name, which may be unknown."""

    region: str
    name: str


@dataclass(frozen=True)
class Standing:
    """Where somebody's body stands: the organisation once it is registered, and every version, newest first."""

    organisation: Organisation | None
    versions: Sequence[OrganisationVersion]

    @property
    def in_force(self) -> OrganisationVersion | None:
        """The accepted version."""
        return next((one for one in self.versions if one.state == VersionState.ACCEPTED), None)

    @property
    def pending(self) -> OrganisationVersion | None:
        """The version under review."""
        return next((one for one in self.versions if one.state == VersionState.SUBMITTED), None)

    @property
    def returned(self) -> OrganisationVersion | None:
        """The newest version, if the centre has returned it."""
        newest = self.versions[0] if self.versions else None
        return newest if newest is not None and newest.state == VersionState.RETURNED else None


class Duplicate(NamedTuple):
    """Another body's version with the same credit code, telephone or legal representative; `alike` names the fields."""

    version: OrganisationVersion
    alike: tuple[str, ...]


@dataclass(frozen=True)
class Queue:
    """One page of a centre's queue; `page` counts from 1."""

    items: Sequence[OrganisationVersion]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, ceil(self.total / PAGE))


async def centres(session: AsyncSession) -> list[Centre]:
    """The centres that take applications, by region."""
    name = func.coalesce(func.min(Organisation.name), "")
    rows = await session.execute(
        select(Membership.region, name)
        .outerjoin(Organisation, Organisation.id == Membership.organisation)
        .where(Membership.role == Role.CENTRE, Membership.ended_at.is_(None))
        .group_by(Membership.region)
        .order_by(Membership.region)
    )
    return [Centre(*row) for row in rows]


async def body_of(session: AsyncSession, actor: Actor) -> str | None:
    """The body somebody belongs to: the one acted for, else one whose mandate has lapsed without being ended."""
    if actor.role in FOR_A_BODY:
        return actor.organisation
    if actor.role != Role.PUBLIC:
        return None
    found: str | None = await session.scalar(
        select(Membership.organisation)
        .where(
            Membership.account == actor.id,
            Membership.role.in_(FOR_A_BODY),
            Membership.ended_at.is_(None),
            Membership.valid_until <= func.now(),
        )
        .order_by(Membership.valid_until.desc())
        .limit(1)
    )
    return found


async def own_standing(session: AsyncSession, actor: Actor) -> Standing:
    """Where the actor's own body stands; `registration.no-body` for somebody who belongs to none and applied for none."""
    body = await body_of(session, actor)
    organisation = None if body is None else await session.get(Organisation, body)
    own = OrganisationVersion.organisation == body if body else _applied(actor)
    newest_first = select(OrganisationVersion).where(own).order_by(OrganisationVersion.submitted_at.desc())
    versions = (await session.scalars(newest_first)).all()
    if organisation is None and not versions:
        raise Problem("registration.no-body")
    return Standing(organisation, versions)


async def has_application(session: AsyncSession, actor: Actor) -> bool:
    """Whether the account has handed in an application, so that it may look at where that stands."""
    applied = select(OrganisationVersion.id).where(OrganisationVersion.submitted_by == actor.id)
    return await session.scalar(applied.limit(1)) is not None


def visible_versions(actor: Actor) -> Select[OrganisationVersion]:
    """The versions a centre's clerk may look at: those handed in at the centre of the clerk's region; nobody else any."""
    mine = OrganisationVersion.region == actor.region if actor.role == Role.CENTRE else false()
    return select(OrganisationVersion).where(mine)


async def review_queue(
    session: AsyncSession, actor: Actor, *, state: str = "", kind: str = "", newest_first: bool = False, page: int = 1
) -> Queue:
    """A centre's versions, the oldest first unless asked otherwise; unknown words find nothing."""
    wanted = visible_versions(actor)
    if state:
        wanted = wanted.where(OrganisationVersion.state == state)
    if kind:
        wanted = wanted.where(OrganisationVersion.kinds.contains([kind]))
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = min(max(1, page), max(1, ceil(total / PAGE)))
    age = OrganisationVersion.submitted_at
    ordered = wanted.order_by(age.desc() if newest_first else age, OrganisationVersion.id)
    items = (await session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE))).all()
    return Queue(items, total, page)


async def duplicates(session: AsyncSession, version: OrganisationVersion) -> list[Duplicate]:
    """Versions of other bodies, under review or in force in the same region, that look like this one."""
    told = {
        "credit_code": version.credit_code,
        "phone": version.phone,
        "legal_representative": version.legal_representative,
    }
    alike: list[ColumnElement[bool]] = [getattr(OrganisationVersion, name) == value for name, value in told.items()]
    another: ColumnElement[bool] = OrganisationVersion.series != version.series
    if version.organisation is not None:
        same_body = OrganisationVersion.organisation.is_not_distinct_from(version.organisation)
        another = and_(another, ~same_body)
    standing = OrganisationVersion.state.in_((VersionState.SUBMITTED, VersionState.ACCEPTED))
    found = await session.scalars(
        select(OrganisationVersion)
        .where(OrganisationVersion.region == version.region, another, standing, or_(*alike))
        .order_by(OrganisationVersion.submitted_at.desc())
        .limit(DUPLICATES)
    )
    return [Duplicate(one, tuple(name for name, value in told.items() if getattr(one, name) == value)) for one in found]


async def version_before(session: AsyncSession, version: OrganisationVersion) -> OrganisationVersion | None:
    """What a version is compared with: the one in force, else the one handed in before it."""
    earlier = select(OrganisationVersion).where(
        OrganisationVersion.series == version.series, OrganisationVersion.number < version.number
    )
    in_force = await session.scalar(
        earlier.where(OrganisationVersion.state.in_((VersionState.ACCEPTED, VersionState.SUPERSEDED)))
        .order_by(OrganisationVersion.number.desc())
        .limit(1)
    )
    if in_force is not None:
        return in_force
    return await session.scalar(earlier.order_by(OrganisationVersion.number.desc()).limit(1))


def _applied(actor: Actor) -> ColumnElement[bool]:
    return and_(OrganisationVersion.submitted_by == actor.id, OrganisationVersion.organisation.is_(None))
