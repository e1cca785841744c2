"""Recording the contract that was signed after the award: once, at the winning price, published at the same moment."""

from datetime import date, datetime
from typing import NamedTuple

from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.contracts.queries import awarded_in, contract_of
from trading.contracts.rules import after_signing, check_contract, is_late
from trading.contracts.tables import Contract
from trading.notices.actions import publish_notice
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.queries import category_of

LONGEST = 4000


class Terms(NamedTuple):
    """What is told of a contract; `late_why` where it was signed after its period."""

    amount: Fen
    signed_on: date
    period: str
    payments: str
    late_why: str = ""


async def publish_contract(work: Work, section_id: str, terms: Terms) -> Notice:
    """Record and publish the contract with the winner.

    `contract.not-awarded`, `contract.not-archived` until the evidence is sealed (a matter of seconds), `contract.known`,
    `contract.amount`, `contract.date`, `contract.words`, `contract.late` without reasons for a late one,
    `contract.published-late` without reasons for one that is told late.
    """
    section = await own_section(work, section_id, "contract.publish")
    awarded = await awarded_in(work.session, section_id)
    if awarded is None:
        raise Problem("contract.not-awarded", section=section_id)
    if section.evidence is None:
        raise Problem("contract.not-archived", section=section_id)
    if await contract_of(work.session, section_id) is not None:
        raise Problem("contract.known", section=section_id)
    check_contract(terms.amount, awarded.price, terms.signed_on, awarded.at, work.ctx.now)
    if not all(is_written(text, LONGEST) for text in (terms.period, terms.payments)):
        raise Problem("contract.words", most=LONGEST)
    regime = regime_of(section, work.ctx.mode)
    due = regime.end(awarded.at, Rule.CONTRACT)
    late = _comes_late(regime, terms, due, work.ctx.now)
    told = {
        "contract_amount": yuan(terms.amount),
        "signed_on": terms.signed_on.isoformat(),
        "contract_period": terms.period,
        "payments": terms.payments,
        **({"late_why": terms.late_why} if late else {}),
    }
    notice = await publish_notice(
        work,
        kind=NoticeKind.CONTRACT,
        category=category_of(section),
        title=f"{section.title}合同公告",
        project=section.title,
        section=section_id,
        region=section.region,
        facts={"winner": awarded.winner, **told},
    )
    work.session.add(
        Contract(
            section=section_id,
            region=section.region,
            notice=notice.id,
            amount=terms.amount,
            signed_on=terms.signed_on,
            period=terms.period,
            payments=terms.payments,
            due_at=due,
            late_why=terms.late_why if late else None,
        )
    )
    work.record(
        Event.CONTRACT_PUBLISHED, notice.id, section=section_id, region=section.region, winner=awarded.winner,
        amount=yuan(terms.amount), signed_on=terms.signed_on.isoformat(), due=stamp(due), late=late,
    )  # fmt: skip
    return notice


def _comes_late(regime: Regime, terms: Terms, due: datetime, now: datetime) -> bool:
    """Whether it was signed or is published after its period; then it says why. `contract.late`, `contract.published-late`."""
    written = is_written(terms.late_why, LONGEST)
    late = is_late(terms.signed_on, due)
    if late and not written:
        raise Problem("contract.late", due=due, most=LONGEST)
    published_by = after_signing(regime, terms.signed_on, Rule.CONTRACT_PUBLISHED)
    overdue = published_by is not None and now >= published_by
    if overdue and not written:
        raise Problem("contract.published-late", due=published_by, most=LONGEST)
    return late or overdue
