"""A published section whose procuring side clarifies, and bidders who ask: what these tests share."""

from datetime import datetime, timedelta
from typing import Any

from scenes import Hall
from sqlalchemy import select

from infra.kernel.context import SYSTEM
from infra.kernel.money import Fen
from infra.timers import schedule
from trading.clarifications.addenda import Content, Terms, publish_addendum, read_addendum, save_addendum
from trading.clarifications.answering import answer
from trading.clarifications.asking import ask
from trading.clarifications.extending import extend_deadline
from trading.clarifications.queries import versions_of
from trading.clarifications.tables import Addendum, Question
from trading.sections.tables import Document, Section
from web.procurement.builder import clause_text

QUESTION = "招标文件第3条的工期是否含节假日？"
OBJECTION = "评标办法第4条对本地业绩加分，违反实施条例第三十二条。"
REASONS = "不涉及报价和技术方案"


async def asked(
    hall: Hall, section: str, login: str = "bidder1", kind: str = "question", text: str = QUESTION
) -> Question:
    """A question as a bidder asks it."""
    async with hall.database.work(hall.actor(login)) as work:
        return await ask(work, section, kind, text)


async def answered(hall: Hall, question: str, text: str = "含节假日。", **told: Any) -> None:
    """An answer by the agent."""
    facts = {"affects": False, "reasons": REASONS, **told}
    async with hall.database.work(hall.actor("agent")) as work:
        await answer(work, question, text, **facts)


async def extended(hall: Hall, section: str, seconds: float, login: str = "agent") -> datetime:
    """The deadline moved by so many seconds."""
    before = (await hall.section(section)).deadline
    assert before is not None
    later = before + timedelta(seconds=seconds)
    async with hall.database.work(hall.actor(login)) as work:
        await extend_deadline(work, section, later, "设计院补充图纸")
    return later


async def ends_in(hall: Hall, section: str, seconds: int) -> datetime:
    """Let the section's bidding end so soon, as if its days had passed."""
    async with hall.database.work(SYSTEM) as work:
        found = await work.session.get_one(Section, section)
        found.deadline = (work.ctx.now + timedelta(seconds=seconds)).replace(microsecond=0)
        await schedule(work, found.deadline, "section.close", section)
        return found.deadline


async def amended(
    hall: Hall,
    section: str,
    *,
    ceiling: str = "9900000.00",
    affects: bool = False,
    deadline: datetime | None = None,
    clauses: list[list[str]] | None = None,
    method: dict[str, Any] | None = None,
) -> Addendum:
    """An addendum that lowers the ceiling, and changes what else is given."""
    actor = hall.actor("agent")
    async with hall.database.work(actor) as work:
        await save_addendum(work, section, {}, {})
    async with hall.database.reading() as session:
        draft = await read_addendum(session, await session.get_one(Section, section))
        document = await session.get_one(Document, section)
    assert draft is not None
    told = [["投标人须知", "按本平台规定封存。"]] if clauses is None else clauses
    text = clause_text((await hall.section(section)).title, [(heading, words) for heading, words in told])
    content = Content(method or document.method, document.labels, text, told, Fen(int(float(ceiling) * 100)))
    terms = Terms("下调最高投标限价", affects, REASONS, deadline)
    return await publish_addendum(hall.database, hall.objects, actor, section, content, terms, draft.saved_at)


async def versions(hall: Hall, section: str) -> list[Any]:
    """Every version of the document."""
    async with hall.database.reading() as session:
        return await versions_of(session, section)


async def count(hall: Hall, table: Any) -> int:
    """How many rows a table has."""
    async with hall.database.work(SYSTEM) as work:
        return len((await work.session.execute(select(table))).all())
