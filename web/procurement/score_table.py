"""A score table taken over into the draft from CSV, XLSX or JSON, and the draft's own table to take away."""

import json
from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.directory.sheet_files import escaped, read_rows
from expertpool.directory.workbook import workbook_out
from infra.kernel.problems import Problem
from trading.evaluation.score_table import CHINESE, Factor, factors_in, factors_of, lines_of, table_of, taken
from trading.sections.drafting import read_draft, save_fields
from trading.sections.states import SectionState
from trading.sections.tables import Document
from trading.sections.templates import TEMPLATES
from web.forms import Form, address
from web.procurement.builder import Draft, clauses_in, fields_of, read
from web.procurement.files import ROOM_FOR_FORM, Upload
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.state import Stack
from web.visit import AnyRequest, Visit

LARGEST = 2 * 1024 * 1024
KINDS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@get("/sections/{tender:str}/{number:str}/document/table", opt=PROCURERS)
async def score_table(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form that takes a table over, and the draft's own table in three formats."""
    return await _show(visit, stack, await _ground(stack, visit, tender, number), Form(visit.language, {}))


@post(
    "/sections/{tender:str}/{number:str}/document/table",
    opt=PROCURERS,
    status_code=303,
    request_max_body_size=LARGEST + ROOM_FOR_FORM,
)
async def take_over(
    tender: FromPath[str],
    number: FromPath[str],
    data: Upload,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Put the table's items, bands and examination items in the place of the draft's; clauses, files and price rule stay."""
    ground = await _ground(stack, visit, tender, number)
    form = Form(visit.language, {})
    try:
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise Problem("document.file-none")
        factors = _factors(await file.read())
        async with stack.database.work(visit.actor, address(request)) as work:
            draft = await read_draft(work.session, ground.section)
            await save_fields(work, ground.section.id, _taken_over(visit, draft.fields, factors))
    except Problem as problem:
        form.refuse(problem, "file")
        return await _show(visit, stack, ground, form)
    return Redirect(visit.url(f"{ground.path}/document") + "#items", status_code=303)


@get("/sections/{tender:str}/{number:str}/document/table/{kind:str}", opt=PROCURERS)
async def own_table(
    tender: FromPath[str],
    number: FromPath[str],
    kind: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """The score table of the frozen document, else of the draft as typed; `page.unknown` for another format."""
    if kind not in KINDS:
        raise Problem("page.unknown", path=kind)
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
        draft, frozen = await read_draft(session, ground.section), await session.get(Document, ground.section.id)
    if frozen is not None:
        table = table_of(frozen.method, frozen.labels, frozen.examination)
    else:
        told = read(Form(visit.language, draft.fields))
        table = table_of(told.method, told.labels, told.examination)
    headers = {"Content-Disposition": f'attachment; filename="score-table.{kind}"', "Cache-Control": "no-store"}
    return Response(await _written(kind, table), media_type=KINDS[kind], headers=headers)


def _factors(data: bytes) -> list[Factor]:
    if data.lstrip()[:1] in (b"[", b"{"):
        try:
            # Numbers are kept as they are written: a float would not be the mark that was meant.
            return factors_of(json.loads(data, parse_float=Decimal))
        except (ValueError, RecursionError) as error:
            raise Problem("table.file") from error
    try:
        return factors_in(row.texts for row in read_rows(data))
    except Problem as problem:
        raise (Problem("table.file") if problem.code.startswith("import.") else problem) from problem


def _taken_over(visit: Visit, fields: dict[str, str], factors: list[Factor]) -> dict[str, str]:
    """The draft's fields with the table's rows; where nothing was typed yet, the benchmark's template to begin with."""
    found = taken(factors)
    now = read(Form(visit.language, fields)).method if fields else TEMPLATES["benchmark"].method
    price = {**now["price"]}
    if found.weight is not None and price["kind"] != "lowest_evaluated":
        price["weight"] = found.weight
    method = {**now, "price": price, "items": found.items}
    return fields_of(Draft(method, found.labels, clauses_in(fields), found.examination))


async def _written(kind: str, table: list[Any]) -> bytes:
    if kind == "json":
        return json.dumps(table, ensure_ascii=False, indent=1).encode()
    lines = lines_of(table)
    if kind == "csv":
        return "".join(",".join(map(_quoted, escaped(line))) + "\r\n" for line in lines).encode("utf-8-sig")

    async def batches() -> Any:
        yield lines[1:]

    return b"".join([part async for part in workbook_out(lines[0], batches())])


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if any(sign in cell for sign in ',"\r\n') else cell


async def _ground(stack: Stack, visit: Visit, tender: str, number: str) -> Ground:
    async with stack.database.reading() as session:
        return await ground_of(session, visit, tender, number)


async def _show(visit: Visit, stack: Stack, ground: Ground, form: Form) -> Response[str]:
    return show_section(
        visit,
        stack,
        ground,
        "procurement/document_table.html",
        status=form.status,
        form=form,
        in_draft=ground.state is SectionState.DRAFT,
        formats=list(KINDS),
        headings="、".join(CHINESE),
        largest=LARGEST // 1024 // 1024,
    )


HANDLERS = [score_table, take_over, own_table]
