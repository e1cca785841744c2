"""Consortia, a blind part and the confidential estimate on the procuring side's forms: offered, kept, refused in words."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from procurement_scene import Office
from scenes import a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Office]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        found = Office(hall)
        yield found
        await found.close()


async def test_a_new_section_admits_no_consortia_unless_it_is_chosen(office: Office) -> None:
    code = await office.accepted()
    page = (await office.see(f"/projects/{code}/sections/new")).text
    assert re.search(r'<option value="1" selected>不接受</option>', page)
    assert (
        'name="blind-technical"' in page
        and 'id="blind-technical" name="blind-technical" value="yes" checked' not in page
    )


async def test_what_is_chosen_is_kept_and_can_be_changed_in_draft(office: Office) -> None:
    code = await office.accepted()
    both = {"part-technical": "yes", "part-commercial": "yes"}
    terms = {"title": "标段", "ceiling": "", "joint": "3", "blind-technical": "yes", **both}
    await office.done(f"/projects/{code}/sections/new", number="01", **terms)
    section = await office.hall.section(f"{code}/01")
    assert (section.joint, section.blind) == (3, ["technical"])
    page = (await office.see(f"/sections/{code}/01/manage")).text
    assert re.search(r'<option value="3" selected>', page) and 'name="blind-technical" value="yes" checked' in page
    await office.done(f"/sections/{code}/01/manage", title="标段", ceiling="", joint="1", **both)
    section = await office.hall.section(f"{code}/01")
    assert (section.joint, section.blind) == (1, [])


async def test_what_no_section_can_ask_for_is_refused_at_its_field(office: Office) -> None:
    code = await office.accepted()
    for more, field, words in (
        ({"joint": "11", "part-technical": "yes"}, "joint", "须在 1 至 10 之间"),
        ({"joint": "x", "part-technical": "yes"}, "joint", "须在 1 至 10 之间"),
        ({"blind-technical": "yes"}, "blind-technical", "不能作为暗标"),
    ):
        answer = await office.send(f"/projects/{code}/sections/new", number="01", title="标段", **more)
        assert answer.status_code == 422, more
        assert f'id="{field}-error"' in answer.text and words in answer.text


async def test_an_estimate_that_was_not_sealed_in_the_browser_is_refused_and_never_kept(office: Office) -> None:
    section = await office.hall.a_tender(3000)
    answer = await office.send(f"/sections/{section}/reserve", price="9123456.00")
    assert answer.status_code == 422 and "没有收到封存的标底" in answer.text and "9123456" not in answer.text
    page = await office.see(f"/sections/{section}/reserve")
    assert "截止时间前可以另行封存替换" in page.text and "替换此前" not in page.text and "取代" not in page.text
    assert page.status_code == 200 and "data-keyset" in page.text and 'name="price"' not in page.text
    assert (await office.see(f"/sections/{section}/reserve", "bidder1")).status_code in (403, 404)
    assert "标底" in (await office.see(f"/sections/{section}/manage")).text
