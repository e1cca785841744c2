"""The 1,032 real results of one city: all go in, and every two neighbouring characters of a title find it."""

import json
from pathlib import Path

import pytest
from scenes_of_notices import take_over
from sqlalchemy import text

from infra.db.work import Database
from trading.notices.search import search_query

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "yichang-candidates-2025.jsonl"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FILE.exists(), reason="the shared data do not stand beside the project"),
]

MISSED = text("""
    SELECT p.pair, p.title
    FROM unnest(CAST(:pairs AS text[]), CAST(:queries AS text[]), CAST(:titles AS text[])) AS p(pair, query, title)
    WHERE NOT EXISTS (
        SELECT FROM notices n WHERE n.title = p.title AND n.search @@ p.query::tsquery AND n.superseded_at IS NULL
    )
""")


async def test_all_go_in_verbatim_once_and_every_pair_of_neighbours_finds_its_title(database: Database) -> None:
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    first = await take_over(database, FILE)
    assert (first.read, first.new, first.broken) == (1032, 1032, [])
    second = await take_over(database, FILE)
    assert (second.new, second.versions, second.unchanged) == (0, 0, 1032)

    async with database.reading() as session:
        kept = await session.execute(
            text("SELECT source, title, project, facts->>'publicity_period', candidates, closes_at FROM notices")
        )
        found = {source: rest for source, *rest in kept}
    for row in rows:
        title, project, period, candidates, closes_at = found[row["notice_path"]]
        assert (title, project, period) == (row["title"], row["project"], row["publicity_period"])
        assert [{name: c[name] for name in ("bidder", "price_text")} for c in candidates] == row["candidates"]
        assert closes_at is not None

    pairs = {(title[at : at + 2], title) for title in (row["title"] for row in rows) for at in range(len(title) - 1)}
    asked = [(pair, search_query(pair), title) for pair, title in sorted(pairs) if pair.strip()]
    assert len(asked) > 25_000
    assert all(query for _, query, _ in asked)
    columns = zip(*asked, strict=True)
    async with database.reading() as session:
        missed = await session.execute(
            MISSED, dict(zip(("pairs", "queries", "titles"), map(list, columns), strict=True))
        )
        assert missed.all() == []
