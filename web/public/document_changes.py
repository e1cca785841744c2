"""Versions of a tender document side by side: clauses with their changed words, facts as a table, files by their hash."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.money import Fen, yuan
from trading.clarifications.diff import (
    ADDED,
    CHANGED,
    GONE,
    SAME,
    ClauseChange,
    FileChange,
    clause_changes,
    file_changes,
)
from trading.sections.drafting import CLAUSES
from trading.sections.tables import DocumentVersion, SectionDraft
from web.i18n import N_, amount
from web.procurement.builder import clause_text, clauses_in
from web.procurement.words import GROUPS, ITEM_KINDS, KINDS, STAGES
from web.procurement.words import TIES as TIE_WORDS
from web.public.section_view import percent
from web.visit import Visit

PRICE = {
    "weight": N_("Points for the price"),
    "k": N_("K, per cent below the mean"),
    "above": N_("Points lost per cent above"),
    "below": N_("Points lost per cent below"),
    "trim_from": N_("Leave out extremes from so many bids"),
    "drop_high": N_("Highest left out"),
    "drop_low": N_("Lowest left out"),
}
WORDS = {SAME: N_("unchanged"), ADDED: N_("new"), GONE: N_("taken out"), CHANGED: N_("changed")}
TONES = {SAME: "", ADDED: " tag--ok", GONE: " tag--bad", CHANGED: " tag--warn"}
Clauses = Sequence[Sequence[str]]


class FactChange(NamedTuple):
    """A fact of ceiling or method that two versions tell differently; None where one of them does not tell it."""

    name: str
    before: str | None
    now: str | None


class Comparison(NamedTuple):
    """Everything that differs between two versions, ready to be shown."""

    clauses: list[ClauseChange]
    facts: list[FactChange]
    files: list[FileChange]

    @property
    def changed_clauses(self) -> list[ClauseChange]:
        """The clauses that came, went or read otherwise."""
        return [one for one in self.clauses if one.kind != SAME]


async def clauses_of(session: AsyncSession, title: str, version: DocumentVersion) -> list[list[str]]:
    """The clauses whose text has the hash of the version's file of clauses; those frozen long ago stand in the draft."""
    frozen = next((file for file in version.files if file["name"] == CLAUSES), None)
    if frozen is None:
        return []
    kept = version.clauses
    if kept is None:
        draft = await session.get(SectionDraft, version.section)
        kept = [] if draft is None else [list(clause) for clause in clauses_in(draft.fields)]
    text = clause_text(title, [(clause[0], clause[1]) for clause in kept])
    return kept if sha256(text.encode()).hexdigest() == frozen["sha256"] else []


def compared(
    visit: Visit, before: DocumentVersion, now: DocumentVersion, clauses: tuple[Clauses, Clauses]
) -> Comparison:
    """Two versions of one document, with the clauses of each."""
    old, new = _facts(visit, before), _facts(visit, now)
    told = [FactChange(name, old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)]
    files = [one for one in file_changes(before.files, now.files) if one.name != CLAUSES]
    return Comparison(clause_changes(*clauses), told, files)


def words() -> dict[str, Any]:
    """What the templates of a comparison need to speak of it."""
    return {"change_words": WORDS, "change_tones": TONES}


def _facts(visit: Visit, version: DocumentVersion) -> dict[str, str]:
    text, method, labels = visit.texts.gettext, version.method, version.labels
    ceiling = None if version.ceiling is None else yuan(Fen(version.ceiling))
    price = method["price"]
    found = {
        text(N_("Price ceiling")): text(N_("none"))
        if ceiling is None
        else f"{amount(ceiling, visit.language)} {text(N_('CNY'))}",
        text(N_("How prices are judged")): text(KINDS.get(price["kind"], price["kind"])),
    }
    for name, label in PRICE.items():
        if price.get(name) is not None:
            found[text(label)] = percent(price[name]) + " %" if name == "k" else str(price[name])
    for item in method["items"]:
        found |= _item(visit, item, labels.get(item["id"], {}))
    for one in version.examination or ():
        told = " · ".join((text(STAGES.get(one["stage"], one["stage"])), one["zh"], one["clause"], one["ground"]))
        found[f"{text(N_('Examination item'))} {one['id']}"] = told
    trim = method["judges"].get("trim_from")
    found[text(N_("Leave out extreme marks from so many judges"))] = "–" if trim is None else str(trim)
    found[text(N_("Equal totals"))] = " → ".join(text(TIE_WORDS.get(tie, tie)) for tie in method["tie"])
    found[text(N_("Decimal places of the total"))] = str(method["places"])
    return found


def _item(visit: Visit, item: Mapping[str, Any], label: Mapping[str, Any]) -> dict[str, str]:
    text = visit.texts.gettext
    name = f"{label.get(str(visit.language), '') or label.get('zh', '') or item['id']} ({item['id']})"
    kind = " · ".join(
        (text(GROUPS.get(item["group"], item["group"])), text(ITEM_KINDS.get(item["kind"], item["kind"])))
    )
    points = text(N_("%(most)s points, step %(step)s")) % {"most": item["max"], "step": item.get("step", "–")}
    found = {name: f"{kind} · {points}"}
    meaning = [label["anchors"]] if label.get("anchors") else []
    meaning += [f"{one['word']} {one['from']}–{one['to']} {one['means']}".strip() for one in label.get("bands", ())]
    if meaning:
        found[f"{name} · {text(N_('What the marks mean'))}"] = "\n".join(meaning)
    if label.get("reasons_below"):
        found[f"{name} · {text(N_('Reasons are due below'))}"] = percent(label["reasons_below"]) + " %"
    return found
