"""What a section's terms may say: its title, its amounts, how many bodies bid together, the suite its bids are sealed in."""

from infra.crypto.seal_suite import SUITES
from infra.kernel.amounts import MOST
from infra.kernel.fields import is_written
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.bidding.consortium import MOST_BODIES
from trading.projects.tables import Project
from trading.regimes.regime import PROCUREMENT, Regime
from trading.sections.tables import Section

LONGEST_TITLE = 200


def checked_title(title: str) -> str:
    """The title without blanks around it; `section.title` when it is empty or too long for a notice's title."""
    if not is_written(title, LONGEST_TITLE):
        raise Problem("section.title", longest=LONGEST_TITLE)
    return title.strip()


def checked_ceiling(ceiling: Fen | None) -> Fen | None:
    """The ceiling 最高投标限价 itself, None for none; `section.ceiling` unless it is above zero and can be stored."""
    if ceiling is not None and not 0 < ceiling < MOST:
        raise Problem("section.ceiling", given=yuan(ceiling))
    return ceiling


def checked_joint(joint: int) -> int:
    """How many bodies one bid may have, its lead included, 1 for no consortia; `section.joint` unless 1 to 10."""
    if not 1 <= joint <= MOST_BODIES:
        raise Problem("section.joint", most=MOST_BODIES)
    return joint


def checked_suite(suite: str) -> str:
    """The sealing suite itself; `section.suite` unless it is one that this platform seals with."""
    if suite not in SUITES:
        raise Problem("section.suite", suite=suite)
    return suite


def checked_budget(budget: Fen | None, ceiling: Fen | None) -> Fen | None:
    """The budget 采购预算 itself; `section.budget` for an impossible one, `.ceiling-above-budget` for a ceiling over it."""
    if budget is not None and not 0 < budget < MOST:
        raise Problem("section.budget", given=yuan(budget))
    if budget is not None and ceiling is not None and ceiling > budget:
        raise Problem("section.ceiling-above-budget", ceiling=yuan(ceiling), budget=yuan(budget))
    return budget


def purchase_facts(section: Section, project: Project, regime: Regime) -> dict[str, str]:
    """What the notice of a government purchase tells besides: plan number, what is bought, the budget.

    `section.budget-missing`; nothing for any other trade.
    """
    if regime.kind != PROCUREMENT:
        return {}
    if section.budget is None:
        raise Problem("section.budget-missing", section=section.id)
    return {
        "plan_number": project.plan_number or "",
        "object": project.object or "",
        "budget": yuan(Fen(section.budget)),
    }
