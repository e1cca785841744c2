"""Public pages of a portal with very many notices, asked at a fixed rate, beside the server's cheapest answer."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from urllib.parse import quote

import asyncpg

from infra.settings import DatabaseAddress, Settings
from trading.notices.kinds import Category, NoticeKind
from trading.notices.search import search_vector
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_database, private_home, settings_of, web_process
from web.bench.load import Answer, Line, ask_all, ask_paced, connected, percentile, request_of

NOTICES, RATE, SECONDS = 200_000, 200, 10
TITLES, BATCH, LINES = 2_000, 100_000, 64
BUDGETS = (Budget("p95_ms", 150), Budget("html_gz_kb", 60))
PLACES = ("云湖", "东江", "北辰", "南屏", "长垣", "金堤", "瑞丰", "华岳")
THINGS = ("道路", "桥梁", "水厂", "学校", "医院", "管网", "公园", "泵站", "厂房", "堤防")
WORKS = ("新建", "改造", "扩建", "维修", "勘察", "设计", "监理", "采购")
KINDS = (NoticeKind.TENDER, NoticeKind.CANDIDATES, NoticeKind.AWARD, NoticeKind.AMENDMENT)

FILL = """
INSERT INTO notices (id, kind, category, region, title, project, published_at, closes_at, facts, candidates,
                     content_hash, search)
SELECT 'notice-' || lpad(n::text, 20, '0'), (CAST($3 AS text[]))[1 + n % cardinality($3)],
       (CAST($4 AS text[]))[1 + n / 7 % cardinality($4)], '429900', t.title, t.title,
       now() - make_interval(mins => n), now() - make_interval(mins => n) + interval '20 days', '{"scale": "示例"}',
       jsonb_build_array(jsonb_build_object('rank', 1, 'bidder', '云湖建工集团有限公司（示例）', 'price_text', n::text)),
       sha256(n::text::bytea), CAST(t.search AS tsvector)
FROM generate_series($1::int, $2::int) AS n JOIN titles AS t ON t.number = n % (SELECT count(*) FROM titles)
"""


def measure(tell: Tell, *, notices: int = NOTICES, rate: int = RATE, seconds: int = SECONDS) -> Figures:
    """The 95th percentile of all pages, counted from the moment each was due; the reference is `/time` at that rate."""
    with private_home() as home, private_database(home) as address:
        return measure_on(tell, settings_of(home, address), notices=notices, rate=rate, seconds=seconds)


def measure_on(tell: Tell, settings: Settings, *, notices: int, rate: int, seconds: int) -> Figures:
    """`measure` on a migrated database that is used for nothing else."""
    assert settings.database is not None
    asyncio.run(_fill(tell, settings.database, notices))
    with web_process(settings) as port:
        return asyncio.run(_measure(tell, settings.database, port, notices, rate, seconds))


async def _fill(tell: Tell, address: DatabaseAddress, notices: int) -> None:
    connection = await asyncpg.connect(address.dsn)
    try:
        await _name(connection)
        for start in range(0, notices, BATCH):
            last = min(start + BATCH, notices)
            await _publish(connection, start + 1, last)
            tell(f"{last:,} notices")
        await connection.execute("VACUUM ANALYZE notices")
    finally:
        await connection.close()


async def _measure(tell: Tell, address: DatabaseAddress, port: int, notices: int, rate: int, seconds: int) -> Figures:
    often = _often(notices)
    wanted = _wanted(often, notices, rate * seconds)
    async with connected(port, LINES) as lines:
        warm = await ask_all(lines[:1], [request_of("GET", page) for page in often], 200)
        alone = await _alone(lines[0], often)
        bare = await ask_paced(lines, [request_of("GET", "/time")] * (rate * seconds), rate, 200)
        async with _publishing(address, notices):
            began = perf_counter()
            answers = await ask_paced(lines, [request_of("GET", page) for page in wanted], rate, 200)
            took = perf_counter() - began
    each = [answer.seconds for answer in answers]
    new = [answer.seconds for answer, page in zip(answers, wanted, strict=True) if page not in often]
    p95, cheapest = percentile(each, 0.95), percentile([answer.seconds for answer in bare], 0.95)
    tell(f"p95 {p95:,.0f} ms at {len(answers) / took:,.0f} answers a second; /time {cheapest:,.1f} ms")
    return {
        "p95_ms": round(p95, 1),
        "p50_ms": round(percentile(each, 0.5), 1),
        "p95_ms_never_asked_before": round(percentile(new, 0.95), 1),
        "ratio_to_bare": round(p95 / cheapest, 1),
        "bare_p95_ms": round(cheapest, 1),
        "answers_per_second": round(len(answers) / took, 1),
        "html_gz_kb": round(max(len(_packed(answer)) for answer in (*warm, *answers)) / 1000, 1),
        "notices": notices,
        "rate": rate,
        **{f"alone_ms {page}": round(1000 * value, 1) for page, value in zip(often, alone, strict=True)},
    }


@asynccontextmanager
async def _publishing(address: DatabaseAddress, notices: int) -> AsyncIterator[None]:
    """One more notice every second, so that nothing can be kept for long."""
    connection = await asyncpg.connect(address.dsn)

    async def publish() -> None:
        for number in range(notices + 1, 2 * notices):
            await _publish(connection, number, number)
            await asyncio.sleep(1)

    try:
        await _name(connection)
        task = asyncio.create_task(publish())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    finally:
        await connection.close()


async def _name(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE TEMPORARY TABLE titles (number bigint, title text, search text)")
    await connection.copy_records_to_table("titles", records=[_title(number) for number in range(TITLES)])


async def _publish(connection: asyncpg.Connection, first: int, last: int) -> None:
    kinds, categories = [str(kind) for kind in KINDS], [str(category) for category in Category]
    await connection.execute(FILL, first, last, kinds, categories)


async def _alone(line: Line, pages: Sequence[str]) -> list[float]:
    """The best of three answers to each page with nobody else there."""
    rounds = [await ask_all([line], [request_of("GET", page) for page in pages], 200) for _ in range(3)]
    return [min(answer.seconds for answer in answers) for answers in zip(*rounds, strict=True)]


def _packed(answer: Answer) -> bytes:
    return answer.body if answer.body[:2] == b"\x1f\x8b" else gzip.compress(answer.body)


def _often(notices: int) -> list[str]:
    """What many visitors ask for: home, lists, filters, searches, notices, in both languages."""
    one = [f"/notices/{_id(1 + notices * part // 5)}" for part in range(1, 5)]
    road, bridge = quote("道路"), quote("北辰 桥梁")
    lists = ["/notices", "/notices?page=3", "/notices?kind=candidates&status=open", "/notices?category=procurement"]
    return ["/", "/en", *lists, f"/notices?q={road}", f"/notices?q={bridge}", *one, "/sealing"]


def _wanted(often: Sequence[str], notices: int, count: int) -> list[str]:
    """Six of ten requests are for what is asked often; the others are for what nobody has asked for before."""
    asked = []
    for place in range(count):
        number = 1 + place * 7919 % notices
        new = {
            6: f"/notices/{_id(number)}",
            7: f"/en/notices/{_id(number)}",
            8: f"/notices?category={list(Category)[place % 5]}&after={_id(number)}",
            9: f"/notices?q={quote(f'{PLACES[place % 8]}市{place % TITLES}号')}&order=closes&status=open",
        }
        asked.append(new.get(place % 10) or often[place % len(often)])
    return asked


def _id(number: int) -> str:
    return f"notice-{number:020d}"


def _title(number: int) -> tuple[int, str, str]:
    place, thing = PLACES[number % len(PLACES)], THINGS[number // 3 % len(THINGS)]
    title = f"{place}市{number}号{thing}{WORKS[number // 5 % len(WORKS)]}工程公告"
    return number, title, search_vector([title])
