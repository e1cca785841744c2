"""Trustees are enrolled; keysets are asked for, assembled from three keys, signed by all, and published."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from infra.auth.permissions import require
from infra.crypto import keyset as documents
from infra.crypto.seal_suite import X25519, find_suite
from infra.crypto.sign import verify_ed25519
from infra.custody import duties
from infra.custody.records import ask_for_record_key
from infra.custody.reports import check_apart
from infra.custody.tables import Duty, Keyset, Trustee, TrusteeReport
from infra.db.work import Work
from infra.kernel.canonical import b64, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from infra.tlog.note import parse_vkey
from infra.trustee.duties import BODIES

THRESHOLD = 2
DRAW = "draw.committed"
LOCKING = "technical.locked"
WATCH = "trustees.watch"
HORIZONS = {
    "production": (timedelta(days=1), timedelta(hours=2), timedelta(minutes=15)),
    "demo": (timedelta(hours=2), timedelta(minutes=2)),
}


class Host(NamedTuple):
    """Where a trustee runs and who answers for it: the machine's fingerprint, the administrator, where keys are kept."""

    machine: str | None = None
    administrator: str = ""
    custody: str = ""


UNKNOWN = Host()


async def enrol(
    work: Work,
    name: str,
    body: str,
    *,
    signer: bytes,
    sealing: bytes,
    vkey: str,
    beacon: bytes | None = None,
    host: Host = UNKNOWN,
) -> Trustee:
    """Take a body's trustee into service; each body has one. `trustee.known`, `trustee.body`, `trustee.keys` refuse.

    Outside demonstrations `host` must tell machine, administrator and custody (`trustee.host`), and share none of them
    with another body's: `trustee.same-host`, `trustee.same-administrator`, `trustee.same-custody`.
    """
    require(work.ctx.actor, "trustee.enrol")
    if body not in BODIES:
        raise Problem("trustee.body", body=body)
    enrolled = await duties.trustees(work.session)
    if any(one.name == name or one.body == body for one in enrolled):
        raise Problem("trustee.known", name=name, body=body)
    if parse_vkey(vkey).name != name or any(signer == one.signer or sealing == one.sealing for one in enrolled):
        raise Problem("trustee.keys", name=name)
    if work.ctx.mode != "demo":
        await _check_host(work, host)
    trustee = Trustee(
        name=name, body=body, signer=signer, sealing=sealing, vkey=vkey, enrolled_at=work.ctx.now, beacon=beacon,
        **host._asdict(),
    )  # fmt: skip
    work.session.add(trustee)
    work.record(Event.TRUSTEE_ENROLLED, name, body=body, signer=b64(signer), sealing=b64(sealing), vkey=vkey)
    return trustee


async def request_keyset(
    work: Work,
    section: str,
    round_: int,
    deadline: datetime,
    *,
    event: str,
    minimum: int,
    region: str,
    suite: str = X25519,
) -> Keyset:
    """Ask every trustee for a one-time key of a suite. `deadline` (whole seconds) means *not before*.

    `trustee.missing` if there are not three of them, `seal.suite` for a suite that is not one.
    """
    find_suite(suite)
    trustees = await duties.trustees(work.session)
    if len(trustees) < len(BODIES):
        missing = sorted(set(BODIES) - {one.body for one in trustees})
        raise Problem("trustee.missing", body=", ".join(missing))
    keyset = Keyset(
        id=work.ctx.new_id("keyset"),
        section=section,
        round=round_,
        nonce=work.ctx.random(32),
        deadline=deadline,
        event=event,
        minimum=minimum,
        region=region,
    )
    work.session.add(keyset)
    await work.session.flush()
    for trustee in trustees:
        await duties.ask(
            work, trustee.name, duties.KEY, keyset.id,
            id=b64(keyset.nonce), section=section, round=str(round_), suite=suite,
        )  # fmt: skip
    await ask_for_record_key(work, trustees)
    await watch_deadline(work, keyset, deadline)
    work.record(Event.KEYSET_REQUESTED, keyset.id, region=region, section=section, round=round_)
    return keyset


async def watch_deadline(work: Work, keyset: Keyset, deadline: datetime) -> None:
    """Have the trustees looked at so long before a deadline, that one who is missing can be fetched.

    Not before a draw: that there is one is secret; nor twice for the two envelopes of one deadline.
    """
    if keyset.event in (DRAW, LOCKING):
        return
    for before in HORIZONS[work.ctx.mode]:
        if deadline - before > work.ctx.now:
            await schedule(
                work, deadline - before, WATCH, f"{keyset.id}/{deadline:%Y%m%dT%H%M%SZ}/{before.total_seconds():.0f}"
            )


async def take_key(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """A custodian's public key for a keyset; with the third the document is assembled and sent for signing."""
    suite = find_suite(duty.payload["suite"])
    key = unb64(str(answer.get("key")), suite.public)
    if not suite.usable(key):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    keyset = await work.session.get_one(Keyset, duty.subject, with_for_update=True)
    duties.settle(work, duty, {"key": b64(key)})
    await work.session.flush()
    given = await duties.answers(work.session, duties.KEY, keyset.id)
    trustees = await duties.trustees(work.session)
    if len(given) < len(trustees):
        return
    document = _document(keyset, suite.name, trustees, {name: unb64(one["key"]) for name, one in given.items()})
    keyset.document = document.encode().decode()
    for trustee in trustees:
        await duties.ask(work, trustee.name, duties.SIGN, keyset.id, document=keyset.document)


async def take_keyset_signature(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """A custodian's signature over the keyset document; with the last one the keyset is published in the log."""
    keyset = await work.session.get_one(Keyset, duty.subject, with_for_update=True)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    assert keyset.document is not None
    document = documents.parse_keyset(keyset.document.encode())
    signature = unb64(str(answer.get("signature")), 64)
    if not verify_ed25519(trustee.signer, document.digest, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"signature": b64(signature)})
    await work.session.flush()
    given = await duties.answers(work.session, duties.SIGN, keyset.id)
    if len(given) < len(document.custodians):
        return
    signed = documents.with_signatures(document, [unb64(given[one.name]["signature"]) for one in document.custodians])
    documents.verify_keyset(signed)
    keyset.document, keyset.digest = signed.encode().decode(), signed.digest
    keyset.published_at = work.ctx.now
    work.record(
        Event.KEYSET_PUBLISHED,
        keyset.id,
        section=keyset.section,
        region=keyset.region,
        keyset=b64(signed.digest),
        document=keyset.document,
    )


def signed_keyset(keyset: Keyset) -> documents.Keyset:
    """The published document of a keyset; `keyset.unpublished` before that."""
    if keyset.document is None or keyset.published_at is None:
        raise Problem("keyset.unpublished", section=keyset.section)
    return documents.parse_keyset(keyset.document.encode())


async def _check_host(work: Work, host: Host) -> None:
    if not all(host):
        raise Problem("trustee.host", missing=", ".join(name for name, told in host._asdict().items() if not told))
    enrolled = [(one.name, vars(one)) for one in await duties.trustees(work.session)]
    reports = [(one.trustee, one.facts) for one in (await work.session.execute(select(TrusteeReport))).scalars()]
    check_apart(host._asdict(), [*enrolled, *reports])


def _document(keyset: Keyset, suite: str, trustees: list[Trustee], keys: dict[str, bytes]) -> documents.Keyset:
    return documents.Keyset(
        id=keyset.nonce,
        section=keyset.section,
        round=str(keyset.round),
        deadline=keyset.deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
        suite=suite,
        threshold=THRESHOLD,
        release=documents.Release(keyset.event, keyset.minimum),
        custodians=tuple(documents.Custodian(one.name, keys[one.name], one.signer) for one in trustees),
    )
