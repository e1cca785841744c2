"""Sealing a reserve price before the deadline, and telling it after the prices: it changes nothing else."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.certification import refuse_revoked
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.auth.tables import Organisation
from infra.crypto.manifest import Manifest, check_part, check_size, parse_manifest
from infra.crypto.merkle import leaf_hash, root
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.uploads import check_headers
from trading.opening.plain import Plain, open_container
from trading.opening.reading import Keys
from trading.reserve.queries import keyset_of
from trading.reserve.rules import PART, check_reserve, read_reserve
from trading.reserve.tables import ReservePrice
from trading.sections.actions import own_section
from trading.sections.states import SectionState
from trading.sections.tables import Section


async def seal_reserve(
    work: Work,
    authority: bytes,
    section_id: str,
    container: bytes,
    manifest: bytes,
    signature: bytes,
    certificate: bytes,
) -> ReservePrice:
    """Keep a sealed reserve price in place of the one before, until the deadline by the database's clock.

    `reserve.not-open`, `reserve.late`, `reserve.parts`, `seal.…`, `signing.…` refuse; what it says nobody can read yet.
    """
    section = await own_section(work, section_id, "reserve.seal")
    if section.state in (SectionState.DRAFT, SectionState.READY):
        raise Problem("reserve.not-open")
    keyset = await work.session.get_one(Keyset, keyset_of(section))
    body = await work.session.get_one(Organisation, work.ctx.actor.organisation)
    read = parse_manifest(manifest)
    check_reserve(read, section_id, str(keyset.round))
    check_headers(section_id, read, {PART: container}, body.credit_code, signed_keyset(keyset))
    _check_bytes(read, container)
    signed = verify_signature(authority, certificate, signature, read.digest, work.ctx.now)
    await refuse_revoked(work.session, signed)
    if signed.serial != body.credit_code:
        raise Problem("signing.not-yours", serial=signed.serial, expected=body.credit_code)
    row = await work.session.get(ReservePrice, section_id, with_for_update=True)
    at = await _require_on_time(work, section)
    if row is None:
        row = ReservePrice(section=section_id, region=section.region)
        work.session.add(row)
    row.keyset, row.container, row.manifest = keyset.id, container, manifest.decode()
    row.sealed_by, row.sealed_at = body.id, at
    line = work.record(
        Event.RESERVE_SEALED,
        section_id,
        section=section_id,
        region=section.region,
        manifest=manifest.decode(),
        signature=b64(signature),
        certificate=b64(certificate),
    )
    line.at = at
    return row


async def announce_reserve(work: Work, keys: Keys, section: Section) -> None:
    """Tell the reserve price once every price is told; one that does not open is told so and holds up nothing.

    Nothing to do where none was sealed, and a second time.
    """
    require(work.ctx.actor, "bid.open")
    row = await work.session.get(ReservePrice, section.id, with_for_update=True)
    if row is None or row.opened_at is not None:
        return
    about = {
        "section": section.id,
        "region": section.region,
        "manifest": b64(parse_manifest(row.manifest.encode()).digest),
    }
    row.opened_at = work.ctx.now
    try:
        plain = _opened(row, keys)
        row.price = read_reserve(plain.content)
    except Problem as problem:
        row.reason = problem.code[:60]
        work.record(Event.RESERVE_UNOPENED, section.id, **about, reason=problem.code)
        return
    body = await _body(work.session, row)
    work.record(
        Event.RESERVE_OPENED,
        section.id,
        **about,
        body=body.credit_code,
        form=plain.content.decode(),
        form_salt=b64(plain.salt),
    )


def _opened(row: ReservePrice, keys: Keys) -> Plain:
    plain = open_container([row.container], keys.input_key, keep=True)
    check_part(parse_manifest(row.manifest.encode()).entry(PART), plain.measured.entry(PART))
    return plain


async def _require_on_time(work: Work, section: Section) -> datetime:
    """The database's clock, read while the section is locked and nothing is written yet; `reserve.late`."""
    now = await work.clock()
    if section.state != SectionState.BIDDING or section.deadline is None or now >= section.deadline:
        raise Problem("reserve.late", deadline=section.deadline, now=now)
    return now


def _check_bytes(manifest: Manifest, container: bytes) -> None:
    entry = manifest.entry(PART)
    check_size(entry, len(container))
    if root([leaf_hash(container)]) != entry.root:
        raise Problem("seal.commitment")


async def _body(session: AsyncSession, row: ReservePrice) -> Organisation:
    return await session.get_one(Organisation, row.sealed_by)
