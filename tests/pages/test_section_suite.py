"""The suite of a section on the agent's form: offered in words, kept, refused where it is none."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from procurement_scene import Office
from scenes import a_hall

from infra.crypto.seal_suite import SM2, X25519
from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Office]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        found = Office(hall)
        yield found
        await found.close()


def chosen(page: str) -> list[str]:
    """The suites that a page's form has chosen."""
    return re.findall(r'<option value="([^"]*-[^"]*)" selected>', page)


async def test_the_form_of_a_new_section_offers_both_suites_and_says_what_the_choice_costs(office: Office) -> None:
    code = await office.accepted()
    page = (await office.see(f"/projects/{code}/sections/new")).text
    assert chosen(page) == [X25519]
    assert "国密算法（SM2、SM3、SM4）" in page and "MB" in page


async def test_a_chosen_suite_is_kept_and_can_be_changed_in_draft(office: Office) -> None:
    code = await office.accepted()
    await office.done(f"/projects/{code}/sections/new", number="01", title="标段", ceiling="", suite=SM2)
    section = f"{code}/01"
    assert (await office.hall.section(section)).suite == SM2
    assert chosen((await office.see(f"/sections/{section}/manage")).text) == [SM2]
    await office.done(f"/sections/{section}/manage", title="标段", ceiling="", suite=X25519)
    assert (await office.hall.section(section)).suite == X25519


async def test_a_suite_that_is_none_is_refused_at_its_field(office: Office) -> None:
    code = await office.accepted()
    answer = await office.send(f"/projects/{code}/sections/new", number="01", title="标段", suite="SM2-SM4CBC-SM3")
    assert answer.status_code == 422
    assert 'id="suite-error"' in answer.text and "不支持的密封算法套件" in answer.text
