"""The adapter for priced bills in XML 计价成果文件: Chinese or English names, no entities, no document type; pure."""

from typing import NamedTuple
from xml.parsers import expat

from infra.kernel.problems import Problem

ROOTS = ("PricedBill", "计价成果文件")
ITEMS, TOTALS, TOOLS = ("Item", "清单项目"), ("Total", "合计"), ("Tool", "系统信息")
ATTRIBUTES = {
    **dict.fromkeys(("number", "项目编码"), "number"),
    **dict.fromkeys(("name", "项目名称"), "name"),
    **dict.fromkeys(("unit", "计量单位"), "unit"),
    **dict.fromkeys(("quantity", "工程量"), "quantity"),
    **dict.fromkeys(("unitPrice", "综合单价"), "unit price"),
    **dict.fromkeys(("total", "合价", "amount", "金额"), "total"),
    **dict.fromkeys(("words", "大写"), "words"),
}
TOOL = {
    **dict.fromkeys(("program", "软件名称"), "program"),
    **dict.fromkeys(("licence", "加密锁编号"), "licence"),
    **dict.fromkeys(("machine", "机器码"), "machine"),
}
LONGEST = 10_000
DEEPEST = 40


class Read(NamedTuple):
    """Rows by the headings of a table, with their line in the file, and what made the file."""

    rows: list[tuple[int, dict[str, str]]]
    tool: dict[str, str]


def read_xml(data: bytes) -> Read:
    """The items of a bill however deep they lie; `bill.file` for what is no such file or declares a document type."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Problem("bill.file") from error
    return reader.read


class _Reader:
    """Elements outside the known ones are passed by: they group items, or say what is not compared."""

    def __init__(self) -> None:
        self.read = Read([], {})
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, facts: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if (self._depth == 0 and local not in ROOTS) or self._depth > DEEPEST:
            raise Problem("bill.file")
        self._depth += 1
        if local in TOOLS:
            self.read.tool.update({TOOL[key]: text.strip()[:200] for key, text in facts.items() if key in TOOL})
        elif local in ITEMS or local in TOTALS:
            told = {ATTRIBUTES[key]: text.strip()[:LONGEST] for key, text in facts.items() if key in ATTRIBUTES}
            self._add(told, whole=local in TOTALS)

    def _add(self, told: dict[str, str], *, whole: bool) -> None:
        line, words = self.parser.CurrentLineNumber, told.pop("words", "")
        row = {"number": "", "quantity": "", "unit price": "", "total": "", **told}
        self.read.rows.append((line, {**row, "number": "total"} if whole else row))
        if whole and words:
            self.read.rows.append((line, {**row, "number": "in words", "total": words}))

    def _end(self, _: str) -> None:
        self._depth -= 1


def _refuse(*_: object) -> None:
    raise Problem("bill.file")
