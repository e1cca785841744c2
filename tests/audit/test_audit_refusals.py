"""What the audit view and the log's files refuse: a time that is none, a file without measure, a log without a quorum."""

from html import unescape

import httpx
import pytest
from section_story import Story, plain

from infra.db.work import Database
from infra.kernel.problems import Problem
from trading.audit.export import ground_of
from trading.audit.queries import Search
from web.api.log_files import newest, proof_of_leaf
from web.i18n import Language
from web.problems import explain


@pytest.mark.parametrize(
    ("code", "query", "facts"),
    [
        ("audit.time", "since=gestern", {"given": "gestern"}),
        ("audit.time", "until=2026-02-30T10:00", {"given": "2026-02-30T10:00"}),
        ("audit.span", "since=2026-03-02T10:00&until=2026-03-02T10:00", {}),
    ],
)
@pytest.mark.parametrize("path", ["/audit", "/audit/reads"])
async def test_a_span_that_is_none_is_told_at_its_field_and_nothing_typed_is_lost(
    auditor: httpx.AsyncClient, path: str, code: str, query: str, facts: dict[str, str]
) -> None:
    answer = await auditor.get(f"/en{path}?{query}")
    _, happened, remedy = explain(Problem(code, **facts), Language.EN)
    text = plain(unescape(answer.text))
    assert happened in text and remedy in text
    assert query.rpartition("=")[2] in unescape(answer.text)


async def test_a_file_of_more_lines_than_may_be_is_refused_before_its_first_line(story: Story) -> None:
    everything = Search()
    async with story.hall.database.reading() as session:
        assert (await ground_of(session, everything, None, True)).size > 0
        with pytest.raises(Problem) as told:
            await ground_of(session, everything, None, True, most=2)
    assert (told.value.code, told.value.facts) == ("audit.too-many", {"most": 2})


async def test_before_a_quorum_has_cosigned_there_is_nothing_to_prove(database: Database) -> None:
    async with database.reading() as session:
        for asked in (ground_of(session, Search(), None, True), newest(session), proof_of_leaf(session, 0)):
            with pytest.raises(Problem) as told:
                await asked
            assert told.value.code == "log.empty"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/log/tile/0/x999/999", "log.no-tile"),
        ("/log/tile/entries/x999/999", "log.no-tile"),
        ("/log/proofs/99999999.tlog-proof", "log.no-entry"),
        ("/log/proofs/-1.tlog-proof", "log.no-tile"),
        ("/log/checkpoints/99999999", "log.no-checkpoint"),
        ("/log/tokens/99999999.nobody.tsr", "log.no-token"),
    ],
)
async def test_what_the_log_does_not_hold_is_named_with_its_code(story: Story, path: str, code: str) -> None:
    async with await story.hall.client() as client:
        answer = await client.get(path, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, code)
