"""Pages of the pool office and of an expert: found, tried, handed in; and nobody else's."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape

import httpx
import pytest_asyncio
from pool_files import cells, csv_of
from pool_scene import an_application
from scenes import Hall, a_hall
from sqlalchemy import func, select, update

from expertpool.directory.importing import JOB, lines_of, taken
from expertpool.experts.actions import enter_expert
from expertpool.experts.files import BUCKET, LARGEST, MOST
from expertpool.experts.tables import ApplicationFile, Expert
from expertpool.external.actions import external_lists
from infra.access.tables import AccessLine
from infra.auth.accounts import create_account
from infra.auth.organisations import checked_credit_code
from infra.db.journal import Line
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM, Actor, Role
from infra.objects import Objects
from infra.settings import Settings
from web.demo import cast
from web.problems import sentences

LEAVE = {"since": "2030-03-01T09:00", "until": "2030-03-04T18:00", "kind": "leave"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=1) as found:
        for login, role in (
            ("pool1", Role.POOL),
            ("pool2", Role.POOL),
            ("expert1", Role.EXPERT),
            ("expert2", Role.EXPERT),
        ):
            async with found.database.work(SYSTEM) as work:
                account = await create_account(
                    work, login=login, name=login, password="a-long-enough-password", role=role, region=cast.REGION,
                    organisation=None,
                )  # fmt: skip
            found.accounts[login], found.actors[login] = account, Actor(account.id, role, None, cast.REGION)
        async with found.database.work(SYSTEM) as work:
            for one in cast.EXPERTS[:12]:
                await enter_expert(
                    work, found.keys.service, name=one.name, identity=one.identity, employer=one.employer,
                    specialties=one.specialties, region=cast.REGION,
                )  # fmt: skip
        async with found.database.work(SYSTEM) as work:
            mine = (await work.session.scalars(select(Expert.id).order_by(Expert.number).limit(2))).all()
            for number, expert in enumerate(mine, 1):
                account_id = found.accounts[f"expert{number}"].id
                await work.session.execute(update(Expert).where(Expert.id == expert).values(account=account_id))
        yield found


async def see(hall: Hall, login: str, path: str) -> tuple[int, str]:
    async with await hall.client(login) as client:
        answer = await client.get(path)
    return answer.status_code, answer.text


async def test_the_directory_shows_names_to_the_pool_office_alone_and_records_the_look(hall: Hall) -> None:
    status, text = await see(hall, "pool1", "/pool?profession=A08&state=active")
    assert status == 200 and cast.EXPERTS[0].name in text
    for login in ("centre", "agent", "bidder1", "expert1"):
        assert (await see(hall, login, "/pool"))[0] in (403, 404)
    async with hall.database.reading() as session:
        looks = select(AccessLine.facts).where(AccessLine.read == "experts.seen", AccessLine.subject == "/pool")
        assert {"profession": "A08", "state": "active"} in (await session.scalars(looks)).all()


async def test_a_person_is_looked_for_without_a_name_in_the_address(hall: Hall) -> None:
    one = cast.EXPERTS[2]
    async with await hall.client("pool1") as client:
        sent = await client.post("/pool/person", data={"private_person": one.name})
        assert sent.status_code == 303 and re.fullmatch(r"/pool\?who=n[0-9a-f]{64}", sent.headers["location"])
        found = await client.get(sent.headers["location"])
        refused = await client.post("/pool/person", data={"private_person": " "})
    assert one.name in found.text and cast.EXPERTS[3].name not in found.text
    assert refused.status_code == 422 and 'href="#private_person"' in refused.text


async def test_an_empty_directory_says_so_in_words(hall: Hall) -> None:
    status, text = await see(hall, "pool1", "/en/pool?profession=C01")
    assert status == 200 and "No expert of your region fits." in text
    assert (await see(hall, "pool1", "/pool?after=nonsense"))[0] == 400


async def sent_file(hall: Hall, login: str, act: str, data: bytes) -> tuple[int, str, str]:
    async with await hall.client(login) as client:
        answer = await client.post("/en/pool/imports", files={"file": ("experts.csv", data)}, data={"act": act})
    return answer.status_code, answer.headers.get("location", ""), answer.text


async def test_a_file_is_tried_handed_in_and_released_by_another(hall: Hall) -> None:
    data = csv_of(cells(1, region=cast.REGION), cells(2, years="x", region=cast.REGION))
    status, _, text = await sent_file(hall, "pool1", "try", data)
    assert status == 200 and "Tried: nothing was written" in text and "The years are no whole number." in text
    status, place, _ = await sent_file(hall, "pool1", "hand-in", data)
    assert status == 303
    async with await hall.client("pool1") as client:
        assert (await client.post(f"{place}/release")).status_code == 409
    async with await hall.client("pool2") as client:
        assert (await client.post(f"{place}/release")).status_code == 303
    assert JOB == "import-experts" and await hall.jobs() >= 1
    status, text = await see(hall, "pool2", place.removeprefix("http://127.0.0.1"))
    assert status == 200 and "The years are no whole number." in text
    async with hall.database.reading() as session:
        [line] = (await session.scalars(select(Line).where(Line.event == "experts.imported"))).all()
    assert {name: line.facts[name] for name in ("lines", "entered", "broken")} == {
        "lines": 2,
        "entered": 1,
        "broken": 1,
    }
    assert (await sent_file(hall, "pool1", "hand-in", data))[0] == 409
    assert (await sent_file(hall, "pool1", "hand-in", b"\x00"))[0] == 422


async def test_an_expert_sees_the_own_entry_and_nobody_elses(hall: Hall) -> None:
    first, second = await see(hall, "expert1", "/expert"), await see(hall, "expert2", "/expert")
    assert cast.EXPERTS[0].name in first[1] and cast.EXPERTS[1].name not in first[1]
    assert cast.EXPERTS[1].name in second[1]
    assert cast.EXPERTS[0].identity.partition(":")[2] not in first[1]
    assert (await see(hall, "pool1", "/expert"))[0] in (403, 404)


async def test_an_expert_enters_leave_and_takes_it_back_and_no_other_can(hall: Hall) -> None:
    async with await hall.client("expert1") as client, await hall.client("expert2") as other:
        assert (await client.post("/expert/availability", data=LEAVE)).status_code == 303
        overlapping = await client.post("/en/expert/availability", data=LEAVE)
        assert overlapping.status_code == 409 and "overlaps" in overlapping.text
        assert (
            await client.post("/expert/availability", data={**LEAVE, "until": "2030-02-01T09:00"})
        ).status_code == 422
        assert (await client.post("/expert/availability", data={**LEAVE, "since": "soon"})).status_code == 422
        shown = (await client.get("/expert/availability")).text
        [removal] = re.findall(r'action="(/expert/availability/[^"]+/removal)"', shown)
        assert (await other.post(removal)).status_code == 404
        assert (await client.post(removal)).status_code == 303
        assert (await client.post(removal)).status_code == 404
        assert "/removal" not in (await client.get("/expert/availability")).text


async def test_leave_that_is_over_cannot_be_taken_back_and_a_year_is_the_most(hall: Hall) -> None:
    async with await hall.client("expert2") as client:
        long = {**LEAVE, "until": (datetime(2030, 3, 1, 9) + timedelta(days=367)).isoformat()}
        assert (await client.post("/expert/availability", data=long)).status_code == 422
        assert (await client.post("/expert/availability", data={**LEAVE, "kind": "other"})).status_code == 422
        past = {**LEAVE, "since": "2020-03-01T09:00", "until": "2020-03-02T09:00"}
        assert (await client.post("/expert/availability", data=past)).status_code == 422


async def test_the_pool_goes_out_as_a_file_that_can_come_in_again_and_the_taking_is_recorded(hall: Hall) -> None:
    async with await hall.client("pool1") as client:
        answer, book = await client.get("/pool/export.csv"), await client.get("/pool/export.xlsx")
    assert answer.status_code == 200 and cast.EXPERTS[4].name in answer.text
    lines = lines_of(answer.content, cast.REGION)
    assert book.status_code == 200 and lines_of(book.content, cast.REGION) == lines
    assert len(lines) >= 12 and {line.number for line in lines if line.profile is None} == {
        line.number for line in lines if line.code == "expert.identity"
    }
    async with hall.database.reading() as session:
        looked = select(AccessLine.subject).where(AccessLine.read == "experts.exported").order_by(AccessLine.id)
        assert (await session.scalars(looked)).all() == ["/pool/export.csv", "/pool/export.xlsx"]
        assert len((await session.scalars(select(Line.id).where(Line.event == "experts.exported"))).all()) == 2


async def sent_list(hall: Hall, path: str, file: bytes, **told: str) -> httpx.Response:
    async with await hall.client("pool1") as client:
        return await client.post(path, files={"file": ("list", file)}, data=told)


async def test_a_list_of_professions_is_taken_in_with_its_source_and_each_fault_is_told(hall: Hall) -> None:
    good = "code,name_zh,name_en\nA0804,市政工程施工,\nA080401,道路,Roads\n".encode()
    for file, source, code in (
        (good, "", "profession.source"),
        (b"code,name_zh\nA081,x\n", "list", "profession.code"),
        (b"code,name_zh\nA0805,\n", "list", "profession.name"),
        ("code,name_zh,valid_from\nA0805,甲,soon\n".encode(), "list", "profession.date"),
        ("code,name_zh\nA0805,甲\nA0805,乙\n".encode(), "list", "profession.twice"),
        ("code,name_zh\nA090101,甲\n".encode(), "list", "profession.parent"),
        (b"code,name_zh\n", "list", "profession.many"),
    ):
        answer = await sent_list(hall, "/en/pool/professions", file, source=source)
        assert answer.status_code == 422 and sentences()[code].en[1].partition("{")[0] in unescape(answer.text), code
    for _ in range(2):
        assert (await sent_list(hall, "/pool/professions", good, source="示例清单")).status_code == 303
    status, text = await see(hall, "pool1", "/en/pool/professions")
    assert status == 200 and "Roads" in text and "市政工程施工" in text and "示例清单" in text


async def test_an_installation_with_another_classification_names_its_own_form_of_codes(hall: Hall) -> None:
    file = "code,name_zh\nD,矿山\nD1,露天采矿\n".encode()
    refused = await sent_list(hall, "/en/pool/professions", file, source="another list")
    assert refused.status_code == 422 and "“D”" in refused.text and "[ABC]([0-9]{2}){0,3}" in refused.text
    told = Settings.from_environment({"OPENHALL_PROFESSION_CODES": "D[0-9]?"})
    settings = replace(hall.stack.settings, profession_codes=told.profession_codes)
    other = replace(hall, stack=replace(hall.stack, settings=settings))
    assert (await sent_list(other, "/pool/professions", file, source="矿山专业清单")).status_code == 303
    refused = await sent_list(other, "/en/pool/professions", "code,name_zh\nA0805,甲\n".encode(), source="list")
    assert refused.status_code == 422 and "D[0-9]?" in refused.text
    _, text = await see(hall, "pool1", "/en/pool/professions")
    assert "露天采矿" in text and "矿山专业清单" in text


async def test_another_pools_list_is_kept_sealed_and_said_not_to_be_recomputable(hall: Hall) -> None:
    section = await hall.a_draft()
    told = {"section": section, "source": "省综合专家库", "experts": "5"}
    for changed, status in (
        ({"section": "nowhere"}, 404),
        ({"source": " "}, 422),
        ({"experts": "0"}, 422),
        ({}, 303),
        ({}, 409),
    ):
        answer = await sent_list(hall, "/pool/external", b"sealed elsewhere", **{**told, **changed})
        assert answer.status_code == status
    assert (await sent_list(hall, "/pool/external", b"", **told)).status_code == 422
    status, text = await see(hall, "pool1", "/en/pool/external")
    assert status == 200 and "not recomputable here" in text and sha256(b"sealed elsewhere").hexdigest() in text
    async with hall.database.reading() as session:
        [kept] = await external_lists(session, section)
    assert b"sealed elsewhere" not in kept.sealed


PDF, PNG = b"%PDF-1.7 certificate of WANG", b"\x89PNG\r\n\x1a\n scan"


async def applied_with(hall: Hall, *files: tuple[str, bytes], number: int) -> httpx.Response:
    """An application from the public with these files."""
    told = an_application(private_identity=cast.resident(number), region=cast.REGION)
    sent = [("files", (name, data, "application/octet-stream")) for name, data in files]
    async with await hall.client() as client:
        token = re.search(r'name="form_token" value="([^"]+)"', (await client.get("/experts/application")).text)
        assert token
        data = {**told, "form_token": token[1]}
        return await client.post("/experts/application", data=data, files=sent or None)


async def test_scans_of_an_application_are_sealed_and_opened_by_the_regions_reviewers_alone(hall: Hall) -> None:
    answer = await applied_with(hall, ("王某职称证书.pdf", PDF), ("b.png", PNG), number=900)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/experts/application/received")
    async with hall.database.reading() as session:
        files = (await session.scalars(select(ApplicationFile).order_by(ApplicationFile.place))).all()
    assert [(one.size, one.digest) for one in files] == [(len(one), sha256(one).digest()) for one in (PDF, PNG)]
    stored = await hall.objects.get(BUCKET, files[0].id, files[0].version)
    assert PDF not in stored and "王某".encode() not in files[0].sealed_name
    path = f"/pool/applications/{files[0].application}"
    status, shown = await see(hall, "pool1", path)
    assert status == 200 and "王某职称证书.pdf" in shown and files[1].digest.hex() in shown
    async with await hall.client("pool1") as client:
        opened = await client.get(f"{path}/files/1")
        assert (opened.status_code, opened.content, opened.headers["content-type"]) == (200, PDF, "application/pdf")
        assert opened.headers["content-disposition"] == 'attachment; filename="certificate-1.pdf"'
        assert (await client.get(f"{path}/files/3")).status_code == 404
    async with await hall.client("expert1") as client:
        assert (await client.get(f"{path}/files/1")).status_code in (403, 404)
    async with hall.database.reading() as session:
        looks = select(AccessLine).where(AccessLine.subject == files[0].application)
        assert [one.facts.get("place") for one in await session.scalars(looks.order_by(AccessLine.id))] == [None, 1, 3]


async def test_what_is_no_scan_is_refused_at_its_field_and_nothing_is_kept(hall: Hall) -> None:
    async with hall.database.reading() as session:
        before = await session.scalar(select(func.count()).select_from(ApplicationFile))
    for files, code in (
        ([("a.pdf", b"MZ program")], "file.kind"),
        ([("a.pdf", b"")], "file.size"),
        ([("a.pdf", PDF + bytes(LARGEST))], "file.size"),
        ([(f"{one}.pdf", PDF) for one in range(MOST + 1)], "file.many"),
    ):
        answer = await applied_with(hall, *files, number=901)
        assert answer.status_code == 422 and sentences()[code].zh[1] in answer.text, code
        assert 'id="files-error"' in answer.text
    async with hall.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ApplicationFile)) == before


async def test_a_body_is_renamed_and_merged_on_its_page_with_reason_and_day(hall: Hall) -> None:
    file = csv_of(*(cells(number, region=cast.REGION) for number in (41, 42)))
    await taken(hall.database, hall.keys.service, SYSTEM, file, lines_of(file, cast.REGION))
    old, new = (checked_credit_code(cast.code(1 + number % 3)) for number in (41, 42))
    status, listed = await see(hall, "pool1", "/pool/employers")
    assert status == 200 and old in listed and new in listed
    told = {"holds_from": "2026-03-01", "reason": "市场监管部门准予变更登记"}
    page = f"/pool/employers/{old}"
    async with await hall.client("pool1") as client:
        refused = await client.post(f"{page}/renaming", data=told | {"target": " "})
        assert refused.status_code == 422 and 'href="#target"' in refused.text and "市场监管部门" in refused.text
        late = await client.post(f"{page}/merger", data=told | {"target": new, "holds_from": "2099-01-01"})
        assert late.status_code == 422 and 'href="#holds_from"' in late.text
        assert (await client.post(f"{page}/renaming", data=told | {"target": "东江勘测院"})).status_code == 303
        assert "东江勘测院" in (await client.get(page)).text
        assert (await client.post(f"{page}/merger", data=told | {"target": new})).headers["location"] == page
        shown = await client.get(page)
        assert shown.status_code == 200 and "2026-03-01" in shown.text and new in shown.text
        assert (await client.get(f"{page}/dissolving")).status_code == 404
        assert (await client.get("/pool/employers/nobody")).status_code == 404
    assert (await see(hall, "expert1", page))[0] in (403, 404)
