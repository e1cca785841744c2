"""Telling people what the journal says: each line exactly once to each person, whatever fails in between."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.channels import messages_channel
from infra.kernel.context import SYSTEM
from trading.messages.rules import AUDIENCES, PREFIX, Audience
from trading.messages.tables import MessageCursor

log = logging.getLogger("openhall.messages")

EVERY = 1.0
AT_ONCE = 5000
SETTLES_AFTER = timedelta(seconds=5)
SEND = "send-mail"

_AUDIENCES: Mapping[str, tuple[Audience, ...]] = {str(event): told for event, told in AUDIENCES.items()}
_BELOW = f"n.region LIKE {PREFIX.format('m.region')} || '%'"
_STANDING = "('submitted', 'opened', 'unopened')"
_MEMBERS: Mapping[Audience, str] = {
    Audience.PROCURERS: """JOIN sections s ON s.id = n.section JOIN projects p ON p.id = s.project
        JOIN memberships m ON m.organisation IN (p.agent, p.procuring_entity) AND m.role IN ('agent', 'procuring')""",
    Audience.PROJECT_OWNERS: """JOIN projects p ON p.id = n.subject
        JOIN memberships m ON m.organisation IN (p.agent, p.procuring_entity) AND m.role IN ('agent', 'procuring')""",
    Audience.BIDDERS: f"""JOIN bids b ON b.section = n.section AND b.state IN {_STANDING}
        JOIN memberships m ON m.organisation = b.bidder AND m.role = 'bidder'""",
    Audience.OWN_BIDDER: """JOIN bids b ON b.id = n.subject
        JOIN memberships m ON m.organisation = b.bidder AND m.role = 'bidder'""",
    Audience.CENTRE: f"JOIN memberships m ON m.role = 'centre' AND {_BELOW}",
    Audience.HOLDERS: """JOIN (
            SELECT section, organisation FROM document_fetches
            UNION SELECT section, organisation FROM document_subscriptions WHERE confirmed_at IS NOT NULL
            UNION SELECT section, bidder FROM invited_bidders
        ) h ON h.section = n.section JOIN memberships m ON m.organisation = h.organisation AND m.role = 'bidder'""",
    Audience.INVITED: """JOIN invited_bidders i ON i.section = n.section
        JOIN memberships m ON m.organisation = i.bidder AND m.role = 'bidder'""",
    Audience.ASKER: """JOIN questions q ON q.id = n.subject
        JOIN memberships m ON m.organisation = q.asker AND m.role = 'bidder'""",
    Audience.SUPERVISOR: f"JOIN memberships m ON m.role = 'supervisor' AND {_BELOW}",
}
_PEOPLE: Mapping[Audience, str] = {
    Audience.REGISTRANT: "JOIN organisation_versions v ON v.id = n.subject JOIN accounts a ON a.id = v.submitted_by",
    Audience.REGISTERED: """JOIN organisation_versions v ON v.organisation = n.subject
        JOIN accounts a ON a.id = v.submitted_by""",
    Audience.MANDATED: "JOIN memberships m ON m.id = n.subject JOIN accounts a ON a.id = m.account",
    Audience.KEY_OWNER: """JOIN signing_keys k ON k.id = n.subject
        LEFT JOIN memberships m ON m.organisation = k.organisation AND m.ended_at IS NULL
        JOIN accounts a ON a.id = coalesce(k.account, m.account)""",
    Audience.PERSON: "JOIN accounts a ON a.id = n.subject",
}
_IN_FORCE = """JOIN accounts a ON a.id = m.account AND m.ended_at IS NULL
    AND (m.valid_until IS NULL OR m.valid_until > :now)"""
_INSERT = """
INSERT INTO messages (line, account, role, event, subject, section, at)
SELECT DISTINCT ON (n.id, a.id) n.id, a.id, {role}, n.event, n.subject, n.section, n.at
FROM journal n {people}
WHERE n.id = ANY(:lines) AND a.disabled_at IS NULL AND a.id <> n.actor
ORDER BY n.id, a.id, 3
ON CONFLICT (line, account) DO NOTHING
RETURNING id, account
"""
TELL = {
    **{one: text(_INSERT.format(role="m.role", people=f"{join} {_IN_FORCE}")) for one, join in _MEMBERS.items()},
    **{one: text(_INSERT.format(role="NULL", people=join)) for one, join in _PEOPLE.items()},
}
LETTERS = text("""
SELECT m.id, m.account, coalesce(v.profile ->> 'contact_email', CASE WHEN :demo THEN a.login || '@demo.invalid' END)
FROM messages m JOIN accounts a ON a.id = m.account
LEFT JOIN journal n ON n.id = m.line
LEFT JOIN LATERAL (
    SELECT v.profile FROM memberships h JOIN organisation_versions v ON v.organisation = h.organisation
    WHERE h.account = m.account AND h.ended_at IS NULL AND v.state = 'accepted' ORDER BY h.id LIMIT 1
) v ON true
WHERE m.id = ANY(:messages) ORDER BY m.id
""")
KEEP_LETTER = text("INSERT INTO mails (id, message, address, queued_at) VALUES (:id, :message, :address, :at)")
HORIZON = text(
    "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() s"
)


async def tell_news(work: Work) -> int:
    """Tell whom it concerns of what the journal says anew; how many messages came of it.

    A teller that runs beside this one makes it do nothing. A line of a transaction that commits late is not missed.
    """
    cursor = await _cursor(work)
    if cursor is None:
        return 0
    oldest, newest = (await work.session.execute(HORIZON)).one()
    lines = await _lines(work, cursor.settled)
    if not lines:
        return 0
    told = await _tell(work, lines)
    await _post(work, sorted(told))
    if cursor.settled < cursor.seen and oldest >= cursor.horizon and work.ctx.now - cursor.seen_at >= SETTLES_AFTER:
        cursor.settled = cursor.seen
    if cursor.settled == cursor.seen:
        cursor.seen, cursor.horizon, cursor.seen_at = lines[-1][0], newest, work.ctx.now
    for account in sorted(set(told.values())):
        work.tell(messages_channel(account), "message", "")
    return len(told)


async def run_forever(database: Database, stop: asyncio.Event) -> None:
    """Tell the news every second until `stop`; a database that goes away is waited for."""
    while not stop.is_set():
        try:
            async with database.work(SYSTEM) as work:
                await tell_news(work)
        except (OSError, DBAPIError) as error:
            log.error("messages: the database is away: %s", error)
        try:
            await asyncio.wait_for(stop.wait(), EVERY)
        except TimeoutError:
            continue


async def _cursor(work: Work) -> MessageCursor | None:
    found: MessageCursor | None = await work.session.scalar(select(MessageCursor).with_for_update(skip_locked=True))
    return found


async def _lines(work: Work, after: int) -> Sequence[tuple[int, str]]:
    wanted = select(Line.id, Line.event).where(Line.id > after).order_by(Line.id).limit(AT_ONCE)
    return [(number, event) for number, event in await work.session.execute(wanted)]


async def _tell(work: Work, lines: Sequence[tuple[int, str]]) -> dict[int, str]:
    """The accounts told, by message."""
    told: dict[int, str] = {}
    for audience in Audience:
        concerned = [number for number, event in lines if audience in _AUDIENCES.get(event, ())]
        if concerned:
            asked: dict[str, Any] = {"lines": concerned}
            if audience in _MEMBERS:
                asked["now"] = work.ctx.now
            told |= {message: account for message, account in await work.session.execute(TELL[audience], asked)}
    return told


async def _post(work: Work, messages: Sequence[int]) -> None:
    """A letter for every message to somebody whose address is known, and one job that sends them."""
    if not messages:
        return
    demo = work.ctx.mode == "demo"
    rows = await work.session.execute(LETTERS, {"messages": list(messages), "demo": demo})
    letters = [
        {"id": work.ctx.new_id("mail"), "message": message, "address": address, "at": work.ctx.now}
        for message, _, address in rows
        if address
    ]
    if letters:
        await work.session.execute(KEEP_LETTER, letters)
        await enqueue(work, SEND)
