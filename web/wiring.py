"""How the parts are joined: stores opened, answers of trustees taken, timers and jobs given their effects."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from expertpool.directory import importing
from expertpool.draw import actions as draws
from expertpool.draw import limits, ordering, reveal
from expertpool.draw.disclosing import BUCKET as DRAWS
from expertpool.draw.disclosing import disclose_draws
from expertpool.draw.pools import BUCKET as POOLS
from expertpool.draw.tables import Draw
from expertpool.experts import notices
from expertpool.experts.files import BUCKET as CERTIFICATES
from expertpool.experts.life import END, LAPSE, end_suspension, lapse_overdue
from expertpool.invitations.actions import OVER, expire
from expertpool.invitations.sending import AGAIN, again
from expertpool.lotteries import drawing as lotteries
from expertpool.lotteries.actions import COMMITTED as LOTTERY_COMMITTED
from expertpool.lotteries.limits import LIMIT as LOTTERY_LIMIT
from expertpool.lotteries.limits import pass_limit as pass_lottery_limit
from expertpool.lotteries.tables import LotteryAttempt
from infra.auth.keys import PlatformKeys
from infra.custody import actions as custody
from infra.custody import duties
from infra.custody.exchange import Exchange, Taker
from infra.custody.extending import take_extension
from infra.custody.policy import log_key
from infra.custody.records import take_record_key
from infra.custody.release import checked_keyset, take_release, take_release_check
from infra.custody.tables import Duty, Keyset
from infra.db.regions import refuse_exempt_role
from infra.db.work import Database, Work
from infra.edge import random_bytes, utc_now
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
from infra.jobs import Task, enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.mail import Outbox, Post, SmtpPost
from infra.objects import Objects
from infra.settings import Settings
from infra.timers import Effect
from infra.tlog.sequencer import LogKeys
from infra.tlog.stamping import TimeStampAuthority, authorities
from infra.trustee.checking import FITS
from infra.trustee.duties import LOTTERY
from marketplace.agencies import nightly
from trading.archive.actions import BUCKET as ARCHIVE
from trading.archive.actions import archive_section
from trading.bidding.keeping import delete_bid, retain_bids
from trading.bidding.uploads import BUCKET as BIDS
from trading.checks.actions import check_bids
from trading.checks.queries import JOB as COMPARING
from trading.clarifications.asking import WAITING, tell_waiting
from trading.clarifications.mailing import send_subscriptions
from trading.clarifications.subscribing import FORGET, forget_subscribers
from trading.clarifications.subscribing import SEND as SEND_SUBSCRIPTIONS
from trading.evaluation.actions import SETTLING, publish_marks
from trading.evaluation.consolidating import EXPLAINING, end_explaining
from trading.evaluation.pairing import COUNT, NIGHTLY, begin_count, count_region, count_tonight
from trading.evaluation.panel import SIGN_IN
from trading.evaluation.recusing import SETTLE, settle_request
from trading.evaluation.reporting import settle_report
from trading.evaluation.rescreen import rescreen
from trading.evaluation.seating import RESCREEN, call_absentees, replace_absent
from trading.evaluation.tables import Evaluation
from trading.examination.actions import EXAMINED, settle_examination
from trading.handover.actions import JOB as HAND_OVER
from trading.handover.actions import make_handover
from trading.inquiries.actions import ENDING, end_inquiry
from trading.messages.mailing import send_waiting
from trading.messages.telling import SEND
from trading.objections.actions import PUBLICITY_RESUMED
from trading.opening.closing import close_section
from trading.opening.confirming import SETTLING as RECORD_SETTLING
from trading.opening.confirming import settle_record
from trading.opening.files import check_files
from trading.opening.limits import FACTORS_END, LIMIT, REMEDY_END
from trading.opening.opening import open_section
from trading.opening.prices import open_prices
from trading.opening.remedies import RETAIN, retain_remedies
from trading.opening.windows import close_factor_window, end_remedy, pass_release_limit
from trading.publication.actions import end_publicity, resume_publicity
from trading.publication.determining import SILENCE, end_review
from trading.publication.term import ENDING as TERM_ENDING
from trading.publication.term import begin_term, take_down
from trading.recordings.storing import BUCKET as RECORDINGS
from trading.regimes.rules import REGIMES
from trading.sections.actions import regime_of
from trading.sections.drafting import BUCKET as DOCUMENTS
from trading.sections.tables import Section
from web.custody.warnings import warn_of_missing
from web.demo.rehearsals import JOB as REHEARSAL
from web.demo.rehearsals import begin_rehearsal
from web.desk.letters import letter_of
from web.expert.telling import standing_tasks
from web.expertpool.admission import admission_on
from web.market.tasks import market_tasks
from web.public.letters import subscription_letter
from web.recordings.tasks import recording_tasks
from web.reply.calling import invitation_tasks
from web.state import Stack

log = logging.getLogger("openhall")

LOG_NAME = "yunhu.openhall.example/log"
DEMO_PERIOD = timedelta(minutes=2)


@asynccontextmanager
async def open_stack(settings: Settings) -> AsyncIterator[Stack]:
    """Stores and keys of one process; embedded stores must be running already where no outside ones are set."""
    with_stores = embedded_addresses(settings)
    assert with_stores.database is not None and with_stores.objects is not None
    database = Database(with_stores.database.sqlalchemy, mode=settings.mode)
    objects = Objects(with_stores.objects)
    try:
        await _check_role(database)
        yield Stack(with_stores, database, objects, PlatformKeys.load_or_create(settings.home))
    finally:
        objects.close()
        await database.close()


async def _check_role(database: Database) -> None:
    """The database's role must obey the policies of regions; a database that is away is asked no more about it."""
    with suppress(OSError, DBAPIError):
        async with database.bare() as connection:
            if not await refuse_exempt_role(connection, database.mode):
                log.warning(
                    "the database's account is above row-level security: regions are kept apart by queries alone"
                )


def embedded_addresses(settings: Settings) -> Settings:
    """The settings with the addresses of the embedded stores filled in; starts them where they are not running."""
    database = settings.database or EmbeddedPostgres.start(settings.home).address
    objects = settings.objects or EmbeddedObjects.start(settings.home).address
    return replace(settings, database=database, objects=objects)


async def prepare_buckets(objects: Objects) -> None:
    """The buckets: sealed bids and archives, both able to retain; files of tender documents; evidence of draws; their sealed
    pools; certificates of applications to the pool; parts of recordings, able to retain."""
    await objects.ensure_bucket(BIDS, lock=True)
    await objects.ensure_bucket(ARCHIVE, lock=True)
    await objects.ensure_bucket(DOCUMENTS)
    await objects.ensure_bucket(DRAWS)
    await objects.ensure_bucket(POOLS)
    await objects.ensure_bucket(CERTIFICATES)
    await objects.ensure_bucket(RECORDINGS, lock=True)


def log_keys(stack: Stack) -> LogKeys:
    """The sequencer's keys."""
    keys: PlatformKeys = stack.keys
    return LogKeys(
        log_key(keys, LOG_NAME),
        lambda secret, label: keys.service.wrap(label, "", secret, random_bytes),
        lambda sealed, label: keys.service.unwrap(label, "", sealed),
        DEMO_PERIOD if stack.demo else timedelta(days=1),
    )


def cadence(stack: Stack) -> Callable[[datetime], timedelta]:
    """The time between two checkpoints at an hour, by the rule set then in force."""
    return lambda at: REGIMES.on(at, mode=stack.settings.mode).log_pace(at)


def time_stamps(stack: Stack) -> dict[str, TimeStampAuthority]:
    """The authorities that are asked for time tokens; `settings.bad-time-stamp-file`."""
    settings = stack.settings
    return authorities(settings.time_stamps, stack.keys.time_stamps, settings.time_stamp_folder)


def desk(stack: Stack) -> Exchange:
    """How the answers of trustees are taken."""
    takers: dict[str, Taker] = {
        duties.KEY: custody.take_key,
        duties.SIGN: _take_signature,
        duties.EXTEND: take_extension,
        duties.RELEASE: lambda work, duty, answer: _take_release(stack.keys, work, duty, answer),
        duties.RECORD_KEY: take_record_key,
        duties.CHECK: _take_check,
        duties.AUDIT: draws.take_audit,
        duties.COMMIT: _of_draw_or_lottery(draws.take_commitment, lotteries.take_commitment),
        duties.ESCROW: _of_draw_or_lottery(draws.take_escrow, lotteries.take_escrow),
    }
    repeats: dict[str, Taker] = {duties.COMMIT: draws.note_second_commitment}
    return Exchange(takers, stack.keys, LOG_NAME, {duties.AUDIT: limits.take_refusal}, repeats)


EFFECTS: Mapping[str, Effect] = {
    "section.close": close_section,
    custody.WATCH: warn_of_missing,
    WAITING: tell_waiting,
    SIGN_IN: call_absentees,
    LAPSE: lapse_overdue,
    END: end_suspension,
    OVER: expire,
    AGAIN: again,
    notices.AGAIN: notices.tell_again,
    RECORD_SETTLING: settle_record,
    LIMIT: pass_release_limit,
    FACTORS_END: close_factor_window,
    REMEDY_END: end_remedy,
    SETTLING: settle_report,
    EXPLAINING: end_explaining,
    ENDING: end_inquiry,
    "publicity.end": end_publicity,
    PUBLICITY_RESUMED: resume_publicity,
    SILENCE: end_review,
    TERM_ENDING: take_down,
    limits.LIMIT: limits.pass_limit,
    LOTTERY_LIMIT: pass_lottery_limit,
    NIGHTLY: begin_count,
    nightly.NIGHTLY: nightly.begin_rating,
}


def tasks(stack: Stack) -> dict[str, Task]:
    """What the job queue's names do."""
    database: Database = stack.database
    keys: PlatformKeys = stack.keys
    settings, origin = stack.settings, stack.settings.origin

    async def open_bids(payload: dict[str, Any]) -> None:
        await open_section(database, stack.objects, keys, payload["section"])

    async def open_second(payload: dict[str, Any]) -> None:
        await open_prices(database, stack.objects, keys, payload["section"])

    async def reveal_draw(payload: dict[str, Any]) -> None:
        async with database.work(SYSTEM) as work:
            await reveal.reveal_draw(work, stack.objects, keys, payload["draw"])

    async def publish(payload: dict[str, Any]) -> None:
        async with database.work(SYSTEM) as work:
            await publish_marks(work, keys.service, payload["section"])
            await work.session.flush()
            if await work.session.get(Evaluation, payload["section"]) is not None:
                await disclose_draws(work, stack.objects, keys, payload["section"])

    async def replace(payload: dict[str, Any]) -> None:
        async with database.work(SYSTEM) as work:
            await replace_absent(work, keys, payload["section"])

    async def forget(payload: dict[str, Any]) -> None:
        async with database.work(SYSTEM) as work:
            await forget_subscribers(work, payload["section"])

    return {
        "open-section": open_bids,
        "open-prices": open_second,
        "check-files": lambda payload: check_files(database, stack.objects, keys, payload["section"]),
        COMPARING: lambda payload: check_bids(database, stack.objects, keys.service, payload["section"]),
        ordering.FREEZE: lambda payload: ordering.freeze_ordered(
            database, stack.objects, keys.service, payload["draw"]
        ),
        "reveal-draw": reveal_draw,
        **_lottery_tasks(stack),
        **_ending_tasks(stack),
        "publish-marks": publish,
        **_examination_tasks(stack),
        "replace-absent": replace,
        **invitation_tasks(stack),
        **_recusal_tasks(database, keys),
        **_pool_tasks(stack),
        "delete-bid": lambda payload: delete_bid(database, stack.objects, payload["bid"]),
        "retain-bids": lambda payload: retain_bids(database, stack.objects, payload["section"]),
        RETAIN: lambda payload: retain_remedies(database, stack.objects, payload["section"]),
        FORGET: forget,
        SEND_SUBSCRIPTIONS: lambda _: send_subscriptions(
            database, post_of(settings), keys.service, lambda *told: subscription_letter(origin, *told)
        ),
        REHEARSAL: lambda payload: begin_rehearsal(stack, payload["section"]),
        SEND: lambda _: send_waiting(
            database, post_of(settings), lambda mail, message: letter_of(mail, message, origin)
        ),
    }


def _examination_tasks(stack: Stack) -> dict[str, Task]:
    async def settle(payload: dict[str, Any]) -> None:
        async with stack.database.work(SYSTEM) as work:
            await settle_examination(work, stack.keys.service, payload["section"])

    return {EXAMINED: settle}


def _lottery_tasks(stack: Stack) -> dict[str, Task]:
    async def reveal_lottery(payload: dict[str, Any]) -> None:
        async with stack.database.work(SYSTEM) as work:
            await lotteries.reveal(work, stack.keys, payload["draw"])

    return {lotteries.REVEAL: reveal_lottery}


def _ending_tasks(stack: Stack) -> dict[str, Task]:
    """A section that is over goes into the archive with its recordings, and its draws count among those of its region."""

    async def archive(payload: dict[str, Any]) -> None:
        await archive_section(stack.database, stack.objects, stack.keys, LOG_NAME, payload["section"])
        async with stack.database.work(SYSTEM) as work:
            section = await work.session.get_one(Section, payload["section"])
            await begin_term(work, section.id, regime_of(section, stack.settings.mode))
            await count_tonight(work, section.region)

    async def count(payload: dict[str, Any]) -> None:
        await count_region(stack.database, stack.objects, stack.keys, payload["region"])

    return {
        "archive": archive,
        HAND_OVER: lambda payload: make_handover(stack.database, stack.objects, payload["handover"]),
        COUNT: count,
        **(recording_tasks(stack) | market_tasks(stack)),
    }


def _pool_tasks(stack: Stack) -> dict[str, Task]:
    service = stack.keys.service
    return {
        **standing_tasks(stack),
        importing.JOB: lambda payload: importing.take_in(
            stack.database, service, payload["file"], admission_on(stack, utc_now())
        ),
    }


def _recusal_tasks(database: Database, keys: PlatformKeys) -> dict[str, Task]:
    async def look_again(payload: dict[str, Any]) -> None:
        async with database.work(SYSTEM) as work:
            await rescreen(work, keys, payload["section"])

    async def settle_recusal(payload: dict[str, Any]) -> None:
        async with database.work(SYSTEM) as work:
            await settle_request(work, keys, payload["request"])

    return {RESCREEN: look_again, SETTLE: settle_recusal}


def post_of(settings: Settings) -> Post:
    """Where letters go: nowhere in a demonstration, or without a mail server."""
    return Outbox() if settings.mail is None or settings.mode == "demo" else SmtpPost(settings.mail)


def _of_draw_or_lottery(of_draw: Taker, of_lottery: Taker) -> Taker:
    """Commitments and escrows come under the same kinds of duty; the name of the draw tells whose they are."""
    return lambda work, duty, answer: (of_lottery if duty.subject.startswith(LOTTERY) else of_draw)(work, duty, answer)


async def _take_signature(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """A keyset that is published may be the one a draw waits for."""
    await custody.take_keyset_signature(work, duty, answer)
    await work.session.flush()
    # Locked: the last signature and the last commitment may come at once, and one of the two must see the other.
    waiting = select(Draw).where(Draw.keyset == duty.subject).with_for_update()
    draw = (await work.session.execute(waiting)).scalar_one_or_none()
    if draw is not None:
        await draws.ask_for_escrows(work, draw)
    drawn = select(LotteryAttempt).where(LotteryAttempt.keyset == duty.subject).with_for_update()
    attempt = (await work.session.execute(drawn)).scalar_one_or_none()
    if attempt is not None:
        await lotteries.ask_for_escrows(work, attempt)


async def _take_check(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """Logged under the section's shared lock, as a release is, where a custodian finds that another's does not fit."""
    if answer.get("verdict") != FITS:
        keyset = await checked_keyset(work, duty)
        await work.session.execute(select(Section.id).where(Section.id == keyset.section).with_for_update(read=True))
    await take_release_check(work, duty, answer)


async def _take_release(keys: PlatformKeys, work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """The t-th released key starts the opening, or the reveal of a draw, as a job.

    The section's shared lock keeps the event from falling between the building of an evidence file and its seal.
    """
    keyset = await work.session.get_one(Keyset, duty.subject)
    await work.session.execute(select(Section.id).where(Section.id == keyset.section).with_for_update(read=True))
    released = await take_release(work, duty, answer, keys.opening)
    if released != custody.THRESHOLD:
        return
    if keyset.event == draws.COMMITTED:
        draw = (await work.session.execute(select(Draw.id).where(Draw.keyset == keyset.id))).scalar_one()
        await enqueue(work, "reveal-draw", draw=draw)
    elif keyset.event == LOTTERY_COMMITTED:
        await enqueue(work, lotteries.REVEAL, draw=f"{keyset.section}/{keyset.round}")
    else:
        job = "open-prices" if keyset.event == Event.TECHNICAL_LOCKED else "open-section"
        await enqueue(work, job, section=keyset.section)
