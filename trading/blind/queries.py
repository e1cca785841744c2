"""What a judge may mark and read under which name: the labels of a section, once everybody is bound by them."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.db.journal import Line
from infra.kernel.canonical import read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import evidence as proofs
from trading.blind.rules import Blindfold, blind_items
from trading.blind.tables import BlindLabels
from trading.evaluation.rules import Method
from trading.sections.tables import Section

SECRET = "blind labels"
QUORUM = 2


class Labelled(NamedTuple):
    """The labels of a section, label → bid, and the salt of their commitment."""

    labels: Mapping[str, str]
    salt: bytes


async def blindfold_of(session: AsyncSession, keys: KeyService, section: Section, method: Method) -> Blindfold | None:
    """What judges see of a section; None while its labels are not made, logged and co-signed: then nobody reads."""
    if not section.blind:
        return Blindfold()
    found = await labels_of(session, keys, section.id)
    return None if found is None or not await _cosigned(session, section.id) else fold_of(found, section.blind, method)


def fold_of(found: Labelled, blind: Collection[str], method: Method) -> Blindfold:
    """What judges see of a section with these blind parts, its labels being logged and co-signed."""
    return Blindfold(
        found.labels, found.salt, frozenset(item.id for item in blind_items(method, blind)), frozenset(blind)
    )


async def require_blindfold(session: AsyncSession, keys: KeyService, section: Section, method: Method) -> Blindfold:
    """The same; `blind.not-committed`."""
    found = await blindfold_of(session, keys, section, method)
    if found is None:
        raise Problem("blind.not-committed")
    return found


async def labels_of(session: AsyncSession, keys: KeyService, section_id: str) -> Labelled | None:
    """The labels themselves, None before they are made. For the evaluation alone: whoever shows them breaks the blind."""
    row = await session.get(BlindLabels, section_id)
    if row is None:
        return None
    return opened_labels(keys, section_id, row.sealed)


def opened_labels(keys: KeyService, section_id: str, sealed: bytes) -> Labelled:
    """The labels of a section as they are kept."""
    told = read(keys.unwrap(SECRET, section_id, sealed))
    return Labelled(told["labels"], unb64(told["salt"], 32))


async def _cosigned(session: AsyncSession, section_id: str) -> bool:
    logged = select(Line.leaf).where(Line.section == section_id, Line.event == Event.BLIND_LABELLED)
    leaf = (await session.execute(logged)).scalar_one_or_none()
    newest = await proofs.latest(session, QUORUM)
    return leaf is not None and newest is not None and newest.size > leaf
