"""What the Verify page's scripts hold of our own code as data: `python -m web.public.verify_data` writes it anew."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

import trading.archive
from trading.regimes.china import CALENDAR
from trading.regimes.days import ShortDays
from trading.regimes.regime import Regime, Rule
from trading.regimes.rules import ALL

FOLDER = Path(__file__).resolve().parents[1] / "static/js/verify"
PERIODS = (
    Rule.DOCUMENT_SALE, Rule.SUBMISSION, Rule.CLARIFICATION, Rule.PUBLICITY, Rule.REPORT_SIGNING, Rule.REPORT_REVIEW,
    Rule.CHALLENGE,
)  # fmt: skip
HEAD = "/** Made by web/public/verify_data.py from the platform's own {source}; never edited (a test holds it to that). */\n"


def modules() -> dict[str, str]:
    """The made modules by file name: the rule sets with China's holidays, and the readable report's template."""
    return {"rulesets.js": _rulesets(), "reporttree.js": _report()}


def tree(body: Iterable[nodes.Node]) -> list[Any]:
    """A template's body as JSON: texts, `["out", value]`, `["if", test, then, else]`, `["for", names, list, body]`.

    A value is `[kind, …]`; TypeError for what our one template does not use.
    """
    found: list[Any] = []
    for node in body:
        if isinstance(node, nodes.Output):
            found += [one.data if isinstance(one, nodes.TemplateData) else ["out", _value(one)] for one in node.nodes]
        elif isinstance(node, nodes.If):
            rest = [*node.elif_[:1]]
            otherwise = _chained(rest[0], node.elif_[1:], node.else_) if rest else tree(node.else_)
            found.append(["if", _value(node.test), tree(node.body), otherwise])
        elif isinstance(node, nodes.For):
            targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
            names = [one.name for one in targets if isinstance(one, nodes.Name)]
            found.append(["for", names, _value(node.iter), tree(node.body)])
        else:
            raise TypeError(type(node).__name__)
    return found


def _chained(first: nodes.If, rest: list[nodes.If], otherwise: list[nodes.Node]) -> list[Any]:
    return tree([nodes.If(first.test, first.body, rest, otherwise)])


def _value(node: nodes.Node) -> list[Any]:
    match node:
        case nodes.Const():
            return ["const", node.value]
        case nodes.Name():
            return ["name", node.name]
        case nodes.Tuple():
            return ["list", [_value(one) for one in node.items]]
        case nodes.Getattr():
            return ["at", _value(node.node), ["const", node.attr]]
        case nodes.Getitem():
            return ["at", _value(node.node), _value(node.arg)]
        case nodes.Compare(ops=[operand]):
            return [operand.op, _value(node.expr), _value(operand.expr)]
        case nodes.And():
            return ["and", _value(node.left), _value(node.right)]
        case nodes.CondExpr(expr2=nodes.Node() as otherwise):
            return ["either", _value(node.test), _value(node.expr1), _value(otherwise)]
        case nodes.Filter(node=nodes.Node() as inner):
            return [node.name, _value(inner)]
        case nodes.Test(name="defined"):
            return ["defined", _value(node.node)]
        case nodes.Call(node=nodes.Getattr(attr="get") as method):
            return ["get", _value(method.node), *map(_value, node.args)]
    raise TypeError(type(node).__name__)


def _report() -> str:
    source = Path(trading.archive.__path__[0], "report.html").read_text("utf-8")
    body = tree(Environment(trim_blocks=True, autoescape=True).parse(source).body)
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in body)
    return HEAD.format(source="report template") + f"export const REPORT = [\n{rows},\n];\n"


def _rulesets() -> str:
    found = {regime.id: _ruleset(regime) for regime in ALL}
    days = {
        "HOLIDAYS": sorted(day.isoformat() for day in CALENDAR.holidays),
        "MAKE_UP_DAYS": sorted(day.isoformat() for day in CALENDAR.make_up_days),
    }
    lines = ["export const RULESETS = {"]
    for name, rules in found.items():
        lines += [f"  {json.dumps(name)}: {{"]
        lines += [f"    {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in rules.items()]
        lines += ["  },"]
    lines += ["};"]
    lines += [f'export const {name} = "{" ".join(value)}".split(" ");' for name, value in days.items()]
    return HEAD.format(source="rule sets") + "".join(f"{line}\n" for line in lines)


def _ruleset(regime: Regime) -> dict[str, object]:
    days = regime.days
    return {
        "demo": regime.watermark,
        "short": days.length // timedelta(microseconds=1) if isinstance(days, ShortDays) else None,
        "periods": {rule.value: regime.period(rule)._asdict() for rule in PERIODS if regime.knows(rule)},
        "reviewed": regime.reviewed,
        "judgesNamed": regime.allows(Rule.JUDGES_NAMED),
        "tooFewValid": regime.words(Rule.TOO_FEW_VALID),
        "openingConfirmation": regime.count(Rule.OPENING_CONFIRMATION),
        "keyReleaseLimit": regime.count(Rule.KEY_RELEASE_LIMIT),
        "factorWindow": regime.count(Rule.FACTOR_WINDOW),
        "remedyWindow": regime.count(Rule.REMEDY_WINDOW),
        "outlierShare": str(regime.rate(Rule.OUTLIER_SHARE)),
        "explanationWindow": regime.count(Rule.EXPLANATION_WINDOW),
        "inquiryWindow": regime.count(Rule.INQUIRY_WINDOW),
        "invitationGrounds": regime.words(Rule.INVITATION_GROUNDS) if regime.knows(Rule.INVITATION_GROUNDS) else (),
        "invitedMinimum": regime.count(Rule.INVITED_MINIMUM) if regime.knows(Rule.INVITED_MINIMUM) else 0,
        "bidsMinimum": regime.count(Rule.BIDS_MINIMUM),
        "validBidsMinimum": regime.count(Rule.VALID_BIDS_MINIMUM),
        "panelMinimum": regime.count(Rule.PANEL_MINIMUM),
        "panelLargeMinimum": regime.count(Rule.PANEL_LARGE_MINIMUM),
        "panelLargeBudget": str(regime.parameter(Rule.PANEL_LARGE_BUDGET).value),
        "panelOdd": regime.allows(Rule.PANEL_ODD),
        "panelExperts": regime.ratio(Rule.PANEL_EXPERTS).as_integer_ratio(),
        "representativesMost": regime.count(Rule.REPRESENTATIVES_MOST),
        "candidatesMaximum": regime.count(Rule.CANDIDATES_MAXIMUM),
        "dropOutCauses": regime.words(Rule.DROP_OUT_CAUSES),
        "reevaluationCauses": regime.words(Rule.REEVALUATION_CAUSES),
        "correctionReasons": regime.words(Rule.CORRECTION_REASONS),
        "awardBy": regime.words(Rule.AWARD_BY),
        "upheldCauses": regime.words(Rule.UPHELD_CAUSES),
        "rejectionGrounds": regime.words(Rule.REJECTION_GROUNDS),
        "qualificationBy": regime.words(Rule.QUALIFICATION_BY),
        "methods": regime.words(Rule.METHODS),
        "lots": regime.allows(Rule.LOTS),
    }


if __name__ == "__main__":
    for name, text in modules().items():
        (FOLDER / name).write_text(text, "utf-8")
