"""Who has watched a recording, as pages tell it: with names, and the labels of the sources that were seen."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Account
from trading.recordings.queries import streams_of
from trading.recordings.watching import Viewing, viewings_of


class Seen(NamedTuple):
    """Somebody's watching with the name of the account and what of which source was seen."""

    viewing: Viewing
    name: str
    spans: list[tuple[str, list[tuple[datetime, datetime]]]]


async def seen_by(session: AsyncSession, recording_id: str) -> list[Seen]:
    """Who has watched a recording, with names and the labels of what was seen."""
    found = await viewings_of(session, recording_id)
    named = select(Account.id, Account.name).where(Account.id.in_({one.actor for one in found}))
    names = {account: name for account, name in await session.execute(named)}
    labels = {one.id: str(one.header["label"]) for one in await streams_of(session, recording_id)}
    return [
        Seen(
            one,
            names.get(one.actor, one.actor),
            [
                (labels.get(stream, stream), [(_at(since), _at(until)) for since, until in spans])
                for stream, spans in one.spans.items()
            ],
        )
        for one in found
    ]


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
