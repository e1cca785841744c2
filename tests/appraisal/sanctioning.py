"""Rating, reporting, hearing and paying the experts of one committee, each act in a transaction of its own."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest
from judging import Panel
from sqlalchemy import select, update

from expertpool.appraisal import actions
from expertpool.appraisal.queries import points_of
from expertpool.appraisal.rules import QUESTIONS
from expertpool.appraisal.tables import Hearing
from expertpool.attendance.paying import PAYEE, payee_tag
from expertpool.attendance.queries import every_region
from expertpool.attendance.rules import day_of
from expertpool.attendance.tables import FeeLine, FeeRate
from expertpool.draw.tables import Seat
from expertpool.experts.tables import Expert
from infra.db.work import Work
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from trading.evaluation.appraising import rate, report
from trading.evaluation.marks import judge_id
from trading.evaluation.tables import Evaluation
from web.demo import cast

GOOD = dict.fromkeys(QUESTIONS, 4)


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(Problem) as told:
        await call
    return told.value.code


async def as_(panel: Panel, login: str, act: Any) -> Any:
    """One act of somebody in a transaction of its own."""
    async with panel.hall.database.work(panel.hall.actor(login)) as work:
        return await act(work)


async def rated(panel: Panel, login: str, number: int = 1, marks: dict[str, int] = GOOD, words: str = "") -> None:
    await as_(panel, login, lambda work: rate(work, panel.section, number, marks, words))


async def reported(panel: Panel, number: int, kind: str, account: str = "第二天缺席") -> None:
    keys = panel.hall.keys.service
    await as_(panel, "centre", lambda work: report(work, keys, panel.section, number, kind, account))


async def evaluated(panel: Panel) -> None:
    """All five have signed in and marked eight bids, the first of them always far above the others."""
    marks = {
        judge_id(seat.number): {f"bid-{bid}": {"a": str(60 + bid if seat.number > 1 else 90)} for bid in range(24)}
        for seat in panel.seats
    }
    async with panel.hall.database.work(SYSTEM) as work:
        signed = {"signed_in_at": work.ctx.now, "certificate": b"certificate"}
        await work.session.execute(update(Seat).where(Seat.section == panel.section).values(signed))
        work.session.add(
            Evaluation(
                section=panel.section, region=cast.REGION, evidence={"marks": marks}, digest=bytes(32), report="{}",
                published_at=work.ctx.now,
            )
        )  # fmt: skip


async def points(panel: Panel, determined: list[str]) -> dict[str, int]:
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        return await points_of(work.session, panel.hall.keys.service, work.ctx.now, determined)


async def an_expert(panel: Panel) -> Expert:
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work, every_region(work.session):
        found = select(Expert).where(Expert.account.is_(None), Expert.state == "active").order_by(Expert.id)
        return (await work.session.execute(found.limit(1))).scalar_one()


async def noticed(panel: Panel, expert: str, kind: str = "suspension", months: int = 6, **changed: Any) -> str:
    async def act(work: Work) -> str:
        earliest = work.ctx.now + timedelta(days=5)
        told = {"held_from": earliest, "earliest": earliest, "reason": "TBR 71"} | changed
        reason = str(told.pop("reason"))
        return (await actions.notice_sanction(work, expert, kind, reason, months=months, **told)).id  # type: ignore[arg-type]

    found: str = await as_(panel, "supervisor", act)
    return found


async def paid(panel: Panel, expert: str, seat: str, minutes: int, tagged: bool) -> None:
    """A settled line of 1,000 yuan, as this version writes it or (untagged) as one before did."""
    keys, row = panel.hall.keys.service, f"fee-{seat}"
    async with panel.hall.database.work(SYSTEM) as work:
        if await work.session.get(FeeRate, "rate") is None:
            day = work.ctx.now.date() - timedelta(days=9)
            rate = {"minutes": 60, "amount": 10000, "travel": 0, "source": "示例", "entered_by": "x"}
            work.session.add(FeeRate(id="rate", region=cast.REGION, valid_from=day, entered_at=work.ctx.now, **rate))
            await work.session.flush()
        work.session.add(
            FeeLine(
                id=row, region=cast.REGION, section=panel.section, seat=seat, number=1, rate="rate", days=1,
                sealed_payee=keys.wrap(PAYEE, row, expert.encode().ljust(256, b"\0"), work.ctx.random),
                payee_tag=payee_tag(keys, expert, day_of(work.ctx.now)) if tagged else None,
                minutes=minutes, amount=100000, tax=4000, settled_at=work.ctx.now,
            )
        )  # fmt: skip


async def heard(panel: Panel, sanction: str, said: str = "当天因病") -> None:
    await as_(panel, "supervisor", lambda work: actions.hear(work, sanction, said))


async def decided(panel: Panel, sanction: str, days: int | None = 180) -> None:
    async def act(work: Work) -> None:
        until = None if days is None else work.ctx.now + timedelta(days=days)
        await actions.decide(work, sanction, "事实清楚", until)

    await as_(panel, "supervisor", act)


async def pass_the_notice(panel: Panel, sanction: str) -> None:
    """The time of the notice passes."""
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        past = {"noticed_at": work.ctx.now - timedelta(days=9), "held_from": work.ctx.now - timedelta(seconds=1)}
        await work.session.execute(update(Hearing).where(Hearing.sanction == sanction).values(past))


async def state_of(panel: Panel, expert: str) -> str:
    async with panel.hall.database.work(panel.hall.actor("supervisor")) as work:
        return (await work.session.get_one(Expert, expert)).state
