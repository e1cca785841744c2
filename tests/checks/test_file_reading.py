"""A strange file is read in a process of its own: what it tells comes back, and nothing that it does harms anybody."""

import asyncio
import os
from collections.abc import AsyncIterator
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from bill_samples import SOUND, archive, csv_bill, xlsx_bill
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from infra.kernel.problems import Problem
from trading.checks import office_files, reading
from trading.checks.file_facts import facts_of
from trading.checks.office_files import read_office
from trading.checks.reading import read_file
from web.demo.files import pdf_of

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CORE = 'xmlns:cp="c" xmlns:dc="d"'


async def told(part: str, data: bytes, seconds: float = 60) -> dict[str, Any]:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 1 << 20):
            yield data[at : at + (1 << 20)]

    return await read_file(part, len(data), pieces(), seconds)


def docx(text: str = "第一段文字。", origin: str = "00AB12CD", more: dict[str, bytes] | None = None) -> bytes:
    body = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    return archive(
        {
            "word/document.xml": body.encode(),
            "word/settings.xml": f'<w:settings xmlns:w="{WORD}"><w:rsidRoot w:val="{origin}"/></w:settings>'.encode(),
            "docProps/core.xml": f"<cp:coreProperties {CORE}><dc:creator>李工</dc:creator></cp:coreProperties>".encode(),
            **(more or {}),
        }
    )


def locked_pdf() -> bytes:
    sink = BytesIO()
    canvas = Canvas(sink, encrypt=pdfencrypt.StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 700, "secret text")
    canvas.save()
    return sink.getvalue()


async def test_a_pdf_tells_its_pages_and_where_it_comes_from() -> None:
    data = pdf_of("技术标", ["施工组织设计应当结合本工程的特点编制。"])
    found = await told("technical", data)
    assert (found["kind"], found["size"], found["sha256"]) == ("pdf", len(data), sha256(data).hexdigest())
    assert "施工组织设计应当结合本工程的特点编制" in found["pages"][0]
    assert len(found["properties"]["origin"]) == 32


async def test_a_bill_is_read_in_that_process_too() -> None:
    found = await told("bill", csv_bill(SOUND, "58740.58"))
    assert (len(found["bill"]["lines"]), found["bill"]["total"]) == (3, "58740.58")


def test_a_document_tells_author_origin_and_paragraphs() -> None:
    found = facts_of(docx(), "technical")
    assert found["properties"] == {"author": "李工", "origin": "00AB12CD"}
    assert found["pages"] == ["\x1e第一段文字。"]


def test_a_workbook_tells_its_author_and_last_editor() -> None:
    found = facts_of(xlsx_bill(SOUND, author="王工"), "bill")
    assert found["properties"] == {"author": "王工", "editor": "王工"}


def test_the_name_of_a_program_or_of_nobody_is_no_author() -> None:
    assert facts_of(xlsx_bill(SOUND, author="Administrator"), "bill")["properties"] == {}


@pytest.mark.parametrize(
    ("part", "data", "code"),
    [
        pytest.param("technical", b"", "check-file.unknown", id="empty"),
        pytest.param("technical", b"MZ\x90\x00 a program", "check-file.unknown", id="program"),
        pytest.param("technical", b"%PDF-1.7 cut off", "check-file.broken", id="cut-off-pdf"),
        pytest.param("technical", archive({"a.bin": bytes(9)}), "check-file.unknown", id="another-archive"),
    ],
)
async def test_what_cannot_be_read_is_said_to_be_so(part: str, data: bytes, code: str) -> None:
    found = await told(part, data)
    assert (found["refused"], found["size"]) == (code, len(data))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(locked_pdf(), "check-file.encrypted", id="password"),
        pytest.param(b"\xd0\xcf\x11\xe0 old office", "check-file.encrypted", id="old-office"),
        pytest.param(b"%PDF-1.7\nnothing\nstartxref\n99999\n%%EOF", "check-file.broken", id="broken-pdf"),
        pytest.param(b"PK\x03\x04 no archive", "check-file.broken", id="broken-archive"),
        pytest.param(docx(more={"word/settings.xml": b"<!DOCTYPE a><a/>"}), "check-file.broken", id="document-type"),
        pytest.param(docx(more={"docProps/app.xml": b"<a><b></a>"}), "check-file.broken", id="broken-xml"),
    ],
)
def test_a_file_that_hides_or_is_broken_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        facts_of(data, "technical")
    assert refused.value.code == code


def test_a_member_that_unpacks_to_too_much_is_refused_while_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_files, "LARGEST", 1 << 20)
    with pytest.raises(Problem) as refused:
        read_office(docx(more={"docProps/app.xml": b"<a>" + b" " * (2 << 20)}))
    assert refused.value.code == "check-file.too-large"


async def test_a_file_too_large_to_be_read_has_its_hash_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 4)
    data = pdf_of("技术标", [])
    found = await told("technical", data)
    assert (found["refused"], found["sha256"]) == ("check-file.too-large", sha256(data).hexdigest())


async def test_a_file_that_takes_too_long_is_given_up_and_its_process_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []
    start = asyncio.create_subprocess_exec

    async def noted(*args: Any, **options: Any) -> asyncio.subprocess.Process:
        child = await start(*args, **options)
        children.append(child.pid)
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    found = await told("technical", pdf_of("技术标", []), seconds=0.001)
    assert (found["refused"], found["facts"]) == ("check-file.too-long", {"seconds": "0"})
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)
