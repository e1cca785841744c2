"""The published result as one JSON file, `result/v1`: what the page of marks says, every mark with its reason, no more."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Organisation
from infra.kernel.canonical import canonical, read
from infra.kernel.problems import Problem
from trading.choice.queries import Choice
from trading.evaluation.tables import Evaluation
from trading.inquiries.queries import inquiries_of
from trading.inquiries.tables import Inquiry
from trading.notices.kinds import NoticeKind
from trading.publication.given import Given, given_of
from trading.publication.opened import Entry
from trading.publication.queries import Decision, Dossier, dossier
from trading.publication.redaction import Fact, redaction
from trading.review.queries import Said
from trading.sections.actions import stamp
from trading.ways.queries import Decided
from web.i18n import Language
from web.public.results import ItemRow, Ranked, Results, marks_of, results
from web.public.section_view import notice_of, regime_of, reserve_told
from web.state import Stack

FORMAT = "result/v1"


@get("/sections/{tender:str}/{number:str}/result.json", opt={"audience": "public"})
async def result_file(tender: FromPath[str], number: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The file; `marks.unpublished` before the marks are public."""
    async with stack.database.reading() as session:
        content = await result_json(session, f"{tender}/{number}")
    name = f"result-{tender}-{number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return Response(content, media_type="application/json", headers=headers)


async def result_json(session: AsyncSession, section_id: str) -> bytes:
    """The file's canonical bytes, as anybody may read them now."""
    found = await dossier(session, section_id)
    told = results(found)
    if told is None:
        raise Problem("marks.unpublished", section=found.section.id)
    given, asked = await given_of(session, found), await inquiries_of(session, found.section.id)
    return await asyncio.to_thread(lambda: canonical(result_of(found, told, given, asked)))


def result_of(found: Dossier, told: Results, given: Given, asked: Sequence[Inquiry]) -> dict[str, Any]:
    """The file as a value (docs/formats/result.md)."""
    record = found.opened.record if found.opened else ()
    names = {one.bid: one for one in record}
    assert found.evaluation is not None
    return {
        "format": FORMAT,
        "section": _section(found, found.evaluation),
        "document": found.document.digest.hex(),
        "report": found.evaluation.digest.hex(),
        "redaction": {what.value: _cell(regime_of(found).kind, what) for what in Fact},
        "record": [_entry(one) for one in record],
        "method": found.document.method,
        "labels": found.document.labels,
        "benchmark": told.benchmark,
        "ranking": [_ranked(told, one, given) for one in told.ranking],
        "rejected": [_whose(names, bid) | {"reason": why} for bid, why in sorted(found.rejected.items())],
        "examination": _examination(found.evaluation, record),
        "inquiries": [_inquiry(one, names) for one in asked],
        "committee": [_answer(found, judge) for judge in told.judges],
        "review": [_step(one) for one in found.review.steps],
        "tie": None if found.decision is None else _tie(found.decision),
        "choice": None if found.choice is None else _choice(found.choice),
        "ways": [_way(one, names) for one in found.ways],
        "reserve": _reserve(found),
        "publicity_ends": _at(found.section.publicity_ends),
        "candidates": _candidates(found, NoticeKind.CANDIDATES),
        "award": _candidates(found, NoticeKind.AWARD),
    }


def _section(found: Dossier, evaluation: Evaluation) -> dict[str, Any]:
    section = found.section
    return {
        "id": section.id,
        "title": section.title,
        "project": found.project.name,
        "procuring_entity": _body(found.procuring_entity),
        "agent": _body(found.agent),
        "regime": section.regime,
        "kind": regime_of(found).kind,
        "state": str(section.state),
        "opened_at": _at(section.opened_at),
        "published_at": stamp(evaluation.published_at),
    }


def _body(body: Organisation) -> dict[str, str]:
    return {"name": body.name, "credit_code": body.credit_code}


def _cell(kind: str, what: Fact) -> dict[str, str]:
    cell = redaction(kind, what)
    return {"shown": cell.shown.value, "source": cell.source, "mark": cell.mark.value}


def _entry(entry: Entry) -> dict[str, Any]:
    trouble = (
        {name: entry.trouble[name] for name in ("code", "part") if name in entry.trouble} if entry.trouble else None
    )
    notes = {
        "apart": list(entry.apart),
        "agreement": entry.agreement,
        "joint": entry.admitted,
        "version": entry.version,
    }
    return {
        "bid": entry.bid,
        "bidder": entry.bidder,
        "name": entry.name,
        "stage": entry.stage.value,
        "form": entry.form,
        "trouble": trouble,
        "cause": entry.cause and entry.cause.value,
        "reasons": entry.reasons,
        **{name: value for name, value in notes.items() if value},
    }


def _ranked(told: Results, one: Ranked, given: Given) -> dict[str, Any]:
    parts = {name: getattr(one, name) for name in ("price", "subjective", "objective", "total", "evaluated")}
    rows = marks_of(told, one.entry.bid, Language.ZH, given)
    return {
        "rank": one.rank,
        "bid": one.entry.bid,
        "bidder": one.entry.bidder,
        "name": one.entry.name,
        "scores": {name: value for name, value in parts.items() if value is not None},
        "items": [_item(told, row) for row in rows],
    }


def _item(told: Results, row: ItemRow) -> dict[str, Any]:
    return {
        "item": row.item.id,
        "group": row.group,
        "kind": row.item.kind.value,
        "max": str(row.item.max),
        "score": row.score,
        "marks": [
            {
                "judge": judge,
                "mark": mark.text,
                "left_out": mark.left_out or None,
                "reason": mark.reason or None,
                "pins": [pin._asdict() for pin in mark.pins],
                "explanation": mark.explanation,
            }
            for judge, mark in zip(told.judges, row.marks, strict=False)
        ],
    }


def _whose(names: Mapping[str, Entry], bid: str) -> dict[str, str]:
    return {"bid": bid, "bidder": names[bid].bidder, "name": names[bid].name}


def _examination(evaluation: Evaluation, record: Sequence[Entry]) -> dict[str, Any] | None:
    """What the report says of it; None where nothing was examined item by item."""
    result = read(evaluation.report.encode()).get("examination") if evaluation.report else None
    if result is None:
        return None
    listed = [entry.bid for entry in record if entry.bid in result["findings"]]
    return {"items": result["items"], "findings": {bid: result["findings"][bid] for bid in listed}}


def _inquiry(one: Inquiry, names: Mapping[str, Entry]) -> dict[str, Any]:
    return {
        "number": one.number,
        **_whose(names, one.bid),
        "judge": one.judge,
        "ground": one.ground,
        "state": one.state,
        "question": one.question,
        "answer": one.answer,
        "refusal": one.refusal,
        "sent_at": _at(one.sent_at),
        "due_at": _at(one.due_at),
        "closed_at": _at(one.closed_at) if one.answer else None,
    }


def _answer(found: Dossier, judge: str) -> dict[str, Any]:
    """A judge by number, and what it answered to the report in force; null while it has not."""
    answers = found.answers
    reasons = answers.dissents.get(judge)
    said = "dissented" if reasons else "signed" if judge in answers.signed else None
    return {"judge": judge, "answer": said or ("silent" if judge in answers.silent else None), "reasons": reasons}


def _step(one: Said) -> dict[str, Any]:
    correction = None if one.correction is None else one.correction._asdict()
    step = {"event": one.event.value, "at": stamp(one.at), "reason": one.reason, "reasons": one.reasons}
    return step | {"correction": correction}


def _choice(choice: Choice) -> dict[str, Any]:
    return {"bid": choice.bid, "reasons": choice.reasons, "at": stamp(choice.at)}


def _tie(decision: Decision) -> dict[str, Any]:
    order = [list(group) for group in decision.order]
    return {"order": order, "reasons": decision.reasons, "at": stamp(decision.at)}


def _way(one: Decided, names: Mapping[str, Entry]) -> dict[str, Any]:
    who = None if one.bid is None else _whose(names, one.bid)
    why = {"cause": one.cause, "objections": list(one.objections), "reasons": one.reasons}
    return {"passed_over": who, **why, "at": stamp(one.at)}


def _reserve(found: Dossier) -> dict[str, str | None] | None:
    told = reserve_told(found)
    return None if told is None else {"price": told.price, "unopened": told.reason or None}


def _candidates(found: Dossier, kind: NoticeKind) -> dict[str, Any] | None:
    notice = notice_of(found, kind)
    if notice is None:
        return None
    return {"notice": notice.id, "published_at": stamp(notice.published_at), "candidates": notice.candidates}


def _at(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


HANDLERS = [result_file]
