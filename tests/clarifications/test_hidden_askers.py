"""Who asked, who fetched and who subscribed stands in no response, live event, message or header but where it must."""

import re

import httpx
import pytest
import pytest_asyncio
from clarifying import OBJECTION, QUESTION, answered, asked
from onlookers import walk
from procurement_scene import Office
from scenes import FAR, Hall
from sqlalchemy import func, select, text

from infra.kernel.channels import channels_of
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event, Opens
from infra.kernel.problems import Problem
from trading.clarifications.extending import hold_closing
from trading.clarifications.fetching import read_askers, read_holders
from trading.clarifications.subscribing import subscribe_body
from trading.clarifications.tables import Fetch
from trading.messages.rules import AUDIENCES, Audience
from trading.messages.tables import Message
from trading.messages.telling import tell_news
from trading.opening.closing import close_section
from trading.sections.drafting import attach_file
from web.demo import cast

ONLOOKERS = (
    None,
    *(pytest.param(one, marks=pytest.mark.soak) for one in ("agent", "procurer", "centre", "supervisor", "bidder2")),
)
FILE = "图纸.pdf"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asked_section(office: Office) -> str:
    """A section with a file that bidder1 has fetched, follows, and asked and objected about."""
    hall = office.hall
    section = await office.drafted()
    await office.done(f"/sections/{section}/document", action="template:benchmark")
    await attach_file(hall.database, hall.objects, hall.actor("agent"), section, FILE, b"%PDF plans")
    await office.freeze(section)
    await office.ask(section, FAR)
    await office.done(f"/sections/{section}/notice", action="preview", **cast.FIELDS)
    await office.done(f"/sections/{section}/notice/preview")
    question = await asked(hall, section, "bidder1", text=QUESTION)
    await asked(hall, section, "bidder1", "objection", OBJECTION)
    await hall.wait_until(question.shown_at)
    await answered(hall, question.id)
    async with hall.database.work(hall.actor("bidder1")) as work:
        await subscribe_body(work, section)
    assert (await fetched(office, section, "bidder1")).status_code == 200
    return section


async def fetched(office: Office, section: str, login: str | None) -> httpx.Response:
    """The file as somebody fetches it from the public page."""
    async with await office.hall.client(login) as client:
        page = (await client.get(f"/sections/{section}/tender-document")).text
        link = re.search(rf'href="(/sections/{section}/files/[^"]+pdf)"', page)
        assert link is not None
        return await client.get(link[1])


@pytest.mark.parametrize("login", ONLOOKERS)
@pytest.mark.soak
async def test_no_page_names_who_asked_fetched_or_follows(
    office: Office, asked_section: str, login: str | None
) -> None:
    hall = office.hall
    body = hall.bodies["bidder1"]
    pages = await walk(hall, asked_section, login)
    # The directory of registered bodies, and the one list that the law gives to the procuring side, name everybody.
    about = {path: page for path, page in pages.items() if asked_section in path and not path.endswith("/holders")}
    assert any(QUESTION in page for page in about.values())
    for path, page in about.items():
        for secret in (body.name, body.credit_code, body.id, "account-bidder1"):
            assert secret not in page, (path, secret)


async def test_only_procuring_entity_and_agent_read_the_list_and_each_look_is_in_the_journal(
    office: Office, asked_section: str
) -> None:
    hall, name = office.hall, office.hall.bodies["bidder1"].name
    before = len(await hall.lines(Event.HOLDERS_READ))
    for login in ("agent", "procurer"):
        assert name in (await office.see(f"/sections/{asked_section}/holders", login)).text
    assert len(await hall.lines(Event.HOLDERS_READ)) == before + 2
    for login in ("centre", "supervisor", "bidder1", "bidder2"):
        assert (await office.see(f"/sections/{asked_section}/holders", login)).status_code == 403
    async with hall.database.work(hall.actor("agent")) as work:
        found = await read_holders(work, asked_section)
    assert [(one.name, one.version, one.subscribed) for one in found.bodies] == [(name, 1, True)]


async def test_the_supervising_body_reads_who_asked_only_after_the_closing_and_in_the_journal(
    office: Office, asked_section: str
) -> None:
    hall = office.hall

    async def read(login: str) -> list[str]:
        async with hall.database.work(hall.actor(login)) as work:
            return [body.name for _, body in await read_askers(work, asked_section)]

    for login, code in (
        ("supervisor", "askers.sealed"),
        ("agent", "permission.denied"),
        ("centre", "permission.denied"),
    ):
        with pytest.raises(Problem) as refused:
            await read(login)
        assert refused.value.code == code
    section = await hall.a_tender(FAR)
    await asked(hall, section)
    async with hall.database.work(SYSTEM) as work:
        await hold_closing(work, section)
        await close_section(work, section)
    async with hall.database.work(hall.actor("supervisor")) as work:
        assert [body.id for _, body in await read_askers(work, section)] == [hall.bodies["bidder1"].id]
    assert [line.subject for line in await hall.lines(Event.ASKERS_READ)] == [section]


async def test_fetching_answers_everybody_alike_and_notes_only_bidders(office: Office, asked_section: str) -> None:
    moving = ("date", "set-cookie", "x-request-id")
    answers = [await fetched(office, asked_section, login) for login in (None, "bidder1", "bidder2", "agent")]
    told = [{name: value for name, value in one.headers.items() if name not in moving} for one in answers]
    assert told == [told[0]] * 4 and len({one.content for one in answers}) == 1
    async with office.hall.database.reading() as session:
        noted = set(await session.scalars(select(Fetch.organisation).where(Fetch.section == asked_section)))
    assert noted == {office.hall.bodies[login].id for login in ("bidder1", "bidder2")}
    async with office.hall.database.work(SYSTEM) as work:
        await work.session.execute(text("DELETE FROM document_fetches WHERE organisation = :one"), {
            "one": office.hall.bodies["bidder2"].id,
        })  # fmt: skip


async def test_messages_about_a_section_name_nobody_and_a_question_is_told_at_no_time_of_its_own(
    office: Office, asked_section: str
) -> None:
    hall = office.hall
    await hall.due()
    async with hall.database.work(SYSTEM) as work:
        await tell_news(work)
    async with hall.database.reading() as session:
        rows = (await session.execute(select(Message.event, Message.account, Message.subject))).all()
    told = {event for event, _, _ in rows}
    assert Event.QUESTIONS_WAITING in told and Event.SECTION_SUSPENDED in told
    assert not told & {Event.QUESTION_ASKED, Event.DOCUMENT_FETCHED, Event.HOLDERS_READ}
    changes = [row for row in rows if row[0] in (Event.SECTION_SUSPENDED, Event.QUESTIONS_WAITING)]
    assert {subject.count("/") for _, _, subject in changes} == {1}


def test_what_would_tell_who_asks_or_fetches_is_on_no_channel_and_never_disclosed() -> None:
    private = [
        Event.QUESTION_ASKED, Event.QUESTION_REFUSED, Event.DOCUMENT_FETCHED, Event.HOLDERS_READ,
        Event.SUBSCRIPTION_ASKED, Event.SUBSCRIPTION_CONFIRMED, Event.SUBSCRIPTION_ENDED, Event.QUESTIONS_WAITING,
    ]  # fmt: skip
    for event in private:
        assert channels_of(event, "YH/01") == () and event.kind.opens is Opens.NEVER
    assert AUDIENCES[Event.QUESTION_REFUSED] == (Audience.ASKER,)
    assert Event.QUESTION_ASKED not in AUDIENCES and channels_of(Event.BID_CONFIRMED, "YH/01") == ()


@pytest.mark.soak
@pytest.mark.soak
async def test_the_public_pages_are_the_same_whether_one_body_or_three_asked_and_fetched(hall: Hall) -> None:
    one, three = await hall.a_tender(FAR), await hall.a_tender(FAR)
    await asked(hall, one, "bidder1")
    for login in ("bidder1", "bidder2", "bidder3"):
        await asked(hall, three, login)

    async def seen(section: str) -> str:
        async with await hall.client() as public:
            page = (await public.get(f"/sections/{section}/clarifications")).text
        plain = re.sub(
            r"<(server-clock|count-down|time).*?</\1>|[0-9a-f]{64}|\d\d-\d\d \d\d:\d\d", "", page, flags=re.S
        )
        return plain.replace(section, "").replace(section.partition("/")[0], "")

    assert await seen(one) == await seen(three)
    async with hall.database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM questions"))).scalar_one() >= 4
        assert (await session.execute(select(func.count()).select_from(Message))).scalar_one() >= 0
