"""The demo marketplace by its pages: found by filters, explained and recomputed, side by side; what is wrong is refused."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio
from scenes import Hall, a_hall
from second_rating import rating as second
from sqlalchemy import select

from infra.db.journal import Line
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.timers_table import Timer
from marketplace.agencies.actions import (
    Offer,
    Taken,
    admit_agency,
    deduct,
    find_agency,
    inspect_agency,
    offer_services,
    take_over,
)
from marketplace.agencies.nightly import NIGHTLY, begin_rating
from marketplace.agencies.rating import last_rating, rate_agency, rate_all
from marketplace.agencies.tables import Agency, Severity
from marketplace.catalogue.items import SEED, Item, enter_items, items_of, read_items
from marketplace.contracts.tables import MarketContract
from web.demo import cast
from web.demo.market import AGENCIES, CONTRACTS, bring_market


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def market(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        assert await bring_market(hall.database) == AGENCIES
        yield hall


async def got(hall: Hall, path: str, **query: Any) -> httpx.Response:
    async with await hall.client() as client:
        return await client.get(path, params=query)


async def some(hall: Hall, grade: str | None = None, most: int = 5) -> list[Agency]:
    async with hall.database.reading() as session:
        wanted = select(Agency).order_by(Agency.score.desc(), Agency.id).limit(most)
        return list(await session.scalars(wanted.where(Agency.grade == grade) if grade else wanted))


async def test_the_demo_has_every_grade_and_is_made_once(market: Hall) -> None:
    assert await bring_market(market.database) == AGENCIES
    async with market.database.reading() as session:
        grades = set(await session.scalars(select(Agency.grade)))
        contracts = list(await session.scalars(select(MarketContract.id)))
    assert grades == {"A", "B", "C", "D", "U"} and len(contracts) == CONTRACTS


async def test_the_catalogue_is_found_by_the_paper_one_needs_and_taken_as_csv(market: Hall) -> None:
    page = (await got(market, "/en/market", q="水土保持")).text
    assert "水土保持方案" in page and "节能报告" not in page and "水土保持法" in page
    assert "No service has these words" in (await got(market, "/en/market", q="不存在的事项")).text
    answer = await got(market, "/market/catalogue.csv")
    text = answer.content.decode("utf-8-sig")
    assert (
        read_items(text) == sorted(read_items(SEED.read_text("utf-8")))
        and len(list(csv.reader(io.StringIO(text)))) == 31
    )


async def test_the_directory_filters_by_its_address_with_counts_and_names_the_filter_to_drop(market: Hall) -> None:
    page = (await got(market, "/en/market/agencies")).text
    assert f"{AGENCIES} agencies" in page and "page 1 of 6" in page
    rated = (await got(market, "/en/market/agencies", grade="A")).text
    [best] = await some(market, "A", 1)
    assert best.name in rated and "grade--a" in rated and 'grade grade--d"' not in rated
    none = (await got(market, "/en/market/agencies", q="没有这家", grade="A")).text
    assert "No agency fits all" in none and "Without “A”" in none and "Without “没有这家”" in none
    strange = await got(market, "/en/market/agencies", grade="Z", order="luck", page="-1")
    assert strange.status_code == 200


async def test_a_grade_is_explained_line_by_line_and_recomputes_by_a_second_implementation(market: Hall) -> None:
    for grade in "ABCDU":
        [agency] = await some(market, grade, 1)
        page = (await got(market, f"/en/market/agencies/{agency.id}")).text
        assert "Why this score" in page and "grade--" + grade.lower() in page
        document = (await got(market, f"/market/agencies/{agency.id}/ratings/1")).json()
        assert document["out"]["grade"] == grade and second(document) == document["out"]
    answer = await got(market, f"/en/market/agencies/{agency.id}/ratings/9")
    assert answer.status_code == 404
    assert (await got(market, "/en/market/agencies/none")).status_code == 404


async def test_two_to_five_are_compared_and_no_others(market: Hall) -> None:
    best = await some(market)
    ids = [one.id for one in best]
    page = (await got(market, "/en/market/compare", agency=ids[:3])).text
    assert all(one.name in page for one in best[:3]) and "Course of the score" in page
    for wrong in (ids[:1], [], [*ids, "x"]):
        answer = await got(market, "/en/market/compare", agency=wrong)
        assert answer.status_code == 422 and "are compared" in answer.text
    assert (await got(market, "/en/market/compare", agency=[ids[0], "none"])).status_code == 404
    assert (await got(market, "/en/market/compare", agency=ids[:2], item="NONE")).status_code == 404
    item = (await got(market, "/en/market/compare", agency=ids[:2], item="ASM-006")).text
    assert "水土保持方案" in item


async def test_the_method_names_its_parameters(market: Hall) -> None:
    page = (await got(market, "/en/market/rating")).text
    assert "openhall recompute rating FILE" in page and "S = 0.25 O" in page


async def test_an_event_lowers_a_score_at_once_and_the_log_keeps_the_root(market: Hall) -> None:
    [agency] = await some(market, "B", 1)
    async with market.database.work(SYSTEM) as work:
        before = (await rate_agency(work, agency.id)).number
        await deduct(work, agency.id, Severity.GENERAL, Decimal(5), "投诉属实", work.ctx.now + timedelta(days=30))
        await work.session.flush()
        made = await rate_agency(work, agency.id)
    assert made.number == before + 1 and agency.score is not None and made.score == agency.score - 5
    async with market.database.reading() as session:
        wanted = select(Line.facts).where(Line.subject == agency.id, Line.event == Event.RATINGS_MADE)
        facts = list(await session.scalars(wanted.order_by(Line.id)))
    assert facts[-1]["agencies"] == 1 and facts[-1]["version"] == 1 and facts[-1]["root"] != facts[0]["root"]
    async with market.database.work(SYSTEM) as work:
        assert (await rate_agency(work, agency.id)).number == made.number, "the same record makes no second entry"


async def test_twenty_fake_contracts_of_one_owner_move_little_and_a_proven_tie_less(market: Hall) -> None:
    [agency] = await some(market, "C", 1)
    async with market.database.work(SYSTEM) as work:
        now = work.ctx.now
        before = (await rate_agency(work, agency.id)).score
        item = (await work.session.scalars(select(MarketContract.item).limit(1))).one()
        fakes = [
            Taken(agency.id, item, "假合同", "一家业主", "fake", 100_00, 100_00, 10, 10, now - timedelta(days=40 + n),
                  now - timedelta(days=30 + n), "示例", owner_stars=(5,) * 5, department_stars=(3, 3))
            for n in range(20)
        ]  # fmt: skip
        await take_over(work, fakes)
        await work.session.flush()
        lifted = (await rate_agency(work, agency.id)).score
    assert 0 < lifted - before < Decimal(9)


async def refused(hall: Hall, code: str, act: Any, login: str | None = None) -> None:
    with pytest.raises(Problem) as found:
        async with hall.database.work(SYSTEM if login is None else hall.actor(login)) as work:
            await act(work)
    assert found.value.code == code


async def test_what_is_wrong_is_refused_and_changes_nothing(market: Hall) -> None:
    [agency] = await some(market, most=1)

    def point(severity: Severity, points: str, days: int, words: str = "事由") -> Any:
        return lambda work: deduct(
            work, agency.id, severity, Decimal(points), words, work.ctx.now + timedelta(days=days)
        )

    await refused(market, "agency.points", point(Severity.MINOR, "3", 10))
    await refused(market, "agency.term", point(Severity.MINOR, "1", 100))
    await refused(market, "agency.term", point(Severity.MINOR, "1", -1))
    await refused(market, "agency.words", point(Severity.MINOR, "1", 10, " "))
    await refused(market, "permission.denied", point(Severity.MINOR, "1", 10), "centre")
    await refused(market, "agency.inspection", lambda work: inspect_agency(work, agency.id, Decimal(101)))
    await refused(market, "agency.unknown", lambda work: find_agency(work.session, "none"))
    facts = {"founded": 2000, "practitioners": 3, "phone": "0"}
    await refused(market, "agency.known", lambda work: admit_agency(work, agency.organisation, **facts))
    await refused(
        market, "agency.facts", lambda work: admit_agency(work, agency.organisation, **{**facts, "founded": 1800})
    )
    await refused(market, "organisation.unknown", lambda work: admit_agency(work, "none", **facts))
    await refused(market, "permission.denied", lambda work: admit_agency(work, agency.organisation, **facts), "bidder1")
    await refused(market, "catalogue.unknown", lambda work: offer_services(work, agency.id, [Offer("NONE", 1)]))
    await refused(market, "agency.offer", lambda work: offer_services(work, agency.id, [Offer("ASM-002", 21)]))
    await refused(market, "agency.offer", lambda work: offer_services(work, agency.id, [Offer("ASM-002", 5, 0)]))
    await refused(market, "agency.qualification", lambda work: offer_services(work, agency.id, [Offer("ASM-013", 5)]))
    good = {"agency": agency.id, "item": "ASM-002", "title": "t", "owner": "o", "owner_group": "g", "price": 1, "ceiling": 1,
            "promised_days": 1, "actual_days": 1, "of": "x"}  # fmt: skip
    for field, change in (("price", {"price": 2}), ("days", {"actual_days": 0}), ("stars", {"owner_stars": (6,) * 5}),
                          ("title", {"title": ""}), ("returned", {"returned": -1}), ("of", {"of": ""}),
                          ("owner", {"owner_group": ""}), ("accepted_at", {"later": True})):  # fmt: skip

        async def act(work: Any, change: dict[str, Any] = change) -> None:
            told = {**good, **change}
            late = timedelta(days=1) if told.pop("later", False) else timedelta(0)
            await take_over(
                work, [Taken(signed_at=work.ctx.now - timedelta(days=9), accepted_at=work.ctx.now + late, **told)]
            )

        with pytest.raises(Problem) as found:
            async with market.database.work(SYSTEM) as work:
                await act(work)
        assert (found.value.code, found.value.facts["field"]) == ("market-contract.facts", field)


@pytest.mark.parametrize(
    ("column", "value"),
    [("code", ""), ("name", ""), ("category", "other"), ("price_kind", "free"), ("regional", "maybe"),
     ("statutory_days", "0"), ("promised_days", "１０"), ("promised_days", "399")],
)  # fmt: skip
def test_a_wrong_row_of_the_catalogue_is_named(column: str, value: str) -> None:
    item = [str(one) for one in read_items(SEED.read_text("utf-8"))[0]]
    item[-1] = "no"
    item[Item._fields.index(column)] = value
    text = io.StringIO()
    csv.writer(text).writerows([Item._fields, item])
    with pytest.raises(Problem) as refused_:
        read_items(text.getvalue())
    assert (refused_.value.code, refused_.value.facts["line"]) == ("catalogue.row", 2)
    with pytest.raises(Problem, match=r"catalogue\.columns"):
        read_items("code,name\n")


async def test_a_changed_item_is_a_new_version_and_what_is_the_same_is_left(market: Hall) -> None:
    items = read_items(SEED.read_text("utf-8"))
    async with market.database.work(market.actor("centre")) as work:
        assert await enter_items(work, cast.REGION, items) == 0
        assert await enter_items(work, cast.REGION, [items[0]._replace(promised_days=12)]) == 1
    async with market.database.reading() as session:
        [first, *rest] = await items_of(session, cast.REGION)
    assert (first.version, first.promised_days, len(rest)) == (2, 12, 29)
    assert await rate_all(market.database, cast.REGION) == AGENCIES
    async with market.database.reading() as session:
        assert await last_rating(session, (await some(market, most=1))[0].id) is not None


async def test_the_night_rates_everybody_and_asks_for_the_next_night(market: Hall) -> None:
    async with market.database.work(SYSTEM) as work:
        await begin_rating(work, f"{cast.REGION}/2026-11-24")
        due = (await work.session.scalars(select(Timer.subject).where(Timer.verb == NIGHTLY))).all()
        assert len(due) == 1 and due[0].startswith(cast.REGION)
    before = await count_of(market)

    async def rated() -> bool:
        return await count_of(market) > before

    await market.until(rated)


async def count_of(hall: Hall) -> int:
    async with hall.database.reading() as session:
        return len((await session.scalars(select(Line.id).where(Line.event == Event.RATINGS_MADE))).all())
