"""Audit files: what is exported is proven, and whoever changes, leaves out, moves or adds a line is found out."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from click.testing import CliRunner
from section_story import Story

from infra.access.rooting import make_root
from infra.custody.policy import log_key
from infra.kernel.canonical import b64, canonical, parse
from infra.kernel.problems import Problem
from infra.tlog import note
from infra.tlog.note import SignerKey
from infra.tlog.policy import Policy, parse_policy
from trading.audit.export import ground_of, written
from trading.audit.queries import Search
from trading.audit.verify import verify_audit
from trading.audit.wire import signed_text
from web.commands.verify import command
from web.wiring import LOG_NAME

pytestmark = pytest.mark.soak

Rows = list[dict[str, Any]]
Forgery = Callable[[Rows], object]


class Taken:
    """The files of one section and of the journal, and what is needed to check or to forge them."""

    def __init__(self, section: bytes, journal: bytes, policy: str, key: SignerKey) -> None:
        self.section, self.journal, self.policy_text, self.key = section, journal, policy, key
        self.policy: Policy = parse_policy(policy)

    def forged(self, data: bytes, forgery: Forgery) -> bytes:
        """The file as the platform itself would forge it: numbered, hashed and signed anew with the log's own key."""
        rows = [parse(row) for row in data.splitlines()]
        lines = rows[1:-1]
        forgery(lines)
        for number, line in enumerate(lines, 1):
            line["n"] = number
        body = b"".join(canonical(row) + b"\n" for row in (rows[0], *lines))
        return body + ending(self.key, len(lines), body)


def ending(key: SignerKey, lines: int, body: bytes) -> bytes:
    digest = sha256(body).digest()
    text = signed_text(lines, digest)
    told = {"end": {"lines": lines, "sha256": b64(digest)}, "note": note.format_note(text, [note.sign(text, key)])}
    return canonical(told) + b"\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def taken(story: Story) -> Taken:
    """Taken after the section's reads have become part of a logged hour."""
    hall = story.hall
    async with await hall.client("supervisor") as client:
        path = f"/audit/sections/{story.finished}"
        for _ in range(3):
            await client.get(path)
        await make_root(hall.database, timedelta(0))
        for _ in range(3):
            await hall.step()
        files = [(await client.get(one)).content for one in (f"{path}/timeline.jsonl", "/audit/journal.jsonl")]
        policy = (await client.get("/log/policy.txt")).text
    return Taken(*files, policy, log_key(hall.keys, LOG_NAME))


def code_of(data: bytes, policy: Policy | None) -> str:
    with pytest.raises(Problem) as caught:
        list(verify_audit(data, policy))
    return caught.value.code


def rows_of(data: bytes, kind: str) -> Iterator[dict[str, Any]]:
    return (row for row in map(parse, data.splitlines()) if row.get("kind") == kind)


def test_a_sections_file_is_proven_line_by_line_walked_and_sealed(taken: Taken) -> None:
    told = {step.name: step.facts for step in verify_audit(taken.section, taken.policy)}
    assert list(told) == ["form", "seal", "checkpoint", "events", "chain", "reads"]
    assert told["chain"]["events"] > 50 and told["reads"]["rooted"] >= 3 and not told["checkpoint"]["own"]
    assert told["events"]["event"] == told["chain"]["events"] + told["reads"]["hours"]


def test_a_searchs_file_is_proven_line_by_line_and_sealed(taken: Taken) -> None:
    told = {step.name: step.facts for step in verify_audit(taken.journal, taken.policy)}
    assert list(told) == ["form", "seal", "checkpoint", "events"]
    assert told["events"]["event"] > 100 and told["events"]["inner"] > 5


def first(rows: Rows, kind: str, event: str = "") -> dict[str, Any]:
    return next(row for row in rows if row["kind"] == kind and event in row.get("event", ""))


def restated(row: dict[str, Any], **facts: Any) -> None:
    event = json.loads(row["event"])
    event["facts"] |= facts
    row["event"] = canonical(event).decode()


FORGERIES: dict[str, tuple[Forgery, str]] = {
    "a fact changed": (
        lambda rows: restated(first(rows, "event", "bid.submitted"), manifest="x"),
        "audit-file.changed",
    ),
    "another salt": (lambda rows: first(rows, "event").update(salt=b64(bytes(32))), "audit-file.changed"),
    "another place": (lambda rows: first(rows, "event").update(leaf=0), "audit-file.changed"),
    "a path cut short": (lambda rows: first(rows, "event")["path"].pop(), "audit-file.changed"),
    "an event left out": (lambda rows: rows.remove(first(rows, "event", "bid.submitted")), "audit-file.gap"),
    "the first event left out": (lambda rows: rows.remove(first(rows, "event")), "audit-file.gap"),
    "an event made internal": (lambda rows: hidden(first(rows, "event", "bid.submitted")), "audit-file.gap"),
    "an event made sealed": (lambda rows: sealed(first(rows, "event", "bid.submitted")), "audit-file.gap"),
    "a link left out": (lambda rows: first(rows, "event").pop("link"), "audit-file.gap"),
    "another number": (lambda rows: first(rows, "event", "bid.submitted")["link"].update(number=2), "audit-file.link"),
    "two lines exchanged": (lambda rows: rows.insert(0, rows.pop(5)), "audit-file.order"),
    "a line twice": (lambda rows: rows.insert(1, dict(rows[0])), "audit-file.twice"),
    "a line of another section": (
        lambda rows: first(rows, "inner")["line"].update(section="YH-X/01"),
        "audit-file.foreign",
    ),
    "a read changed": (lambda rows: first(rows, "read")["read"].update(actor="nobody"), "audit-file.read"),
    "a read of no hour": (lambda rows: first(rows, "read").update(root=999), "audit-file.read"),
    "a read of another section": (
        lambda rows: first(rows, "read")["read"].update(section="YH-X/01"),
        "audit-file.foreign",
    ),
    "an hour left out": (lambda rows: rows.remove(first(rows, "event", "access.rooted")), "audit-file.read"),
    "another root": (
        lambda rows: restated(first(rows, "event", "access.rooted"), root=b64(bytes(32))),
        "audit-file.changed",
    ),
    "an unknown field": (lambda rows: rows[0].update(more=1), "audit-file.order"),
    "an unknown kind": (lambda rows: rows[0].update(kind="hearsay"), "audit-file.order"),
}


def hidden(row: dict[str, Any]) -> None:
    told = json.loads(row["event"])
    line = {"at": told["at"], "event": told["event"], "role": told["actor"], "section": told["section"]}
    row.clear()
    row.update(kind="inner", line=line)


def sealed(row: dict[str, Any]) -> None:
    hidden(row)
    row.update(kind="sealed")


@pytest.mark.parametrize("name", FORGERIES)
def test_a_file_that_the_platform_itself_forged_and_signed_anew_is_found_out(taken: Taken, name: str) -> None:
    forgery, code = FORGERIES[name]
    assert code_of(taken.forged(taken.section, forgery), taken.policy) == code


@pytest.mark.parametrize("change", ["changed", "left out", "exchanged", "added", "cut off"])
@pytest.mark.parametrize("which", ["section", "journal"])
def test_a_file_that_anybody_else_changed_breaks_the_seal(taken: Taken, which: str, change: str) -> None:
    data: bytes = getattr(taken, which)
    rows = data.splitlines(keepends=True)
    told = {
        "changed": data.replace(b'"account-agent"', b'"account-other"', 1),
        "left out": b"".join(renumbered([*rows[:3], *rows[4:-1]])) + rows[-1],
        "exchanged": b"".join(renumbered([*rows[:3], rows[4], rows[3], *rows[5:-1]])) + rows[-1],
        "added": b"".join(renumbered([*rows[:3], rows[3], rows[3], *rows[4:-1]])) + rows[-1],
        "cut off": b"".join(rows[:-3]) + rows[-1],
    }
    assert told[change] != data
    assert code_of(told[change], taken.policy) == "audit-file.seal"


def renumbered(rows: list[bytes]) -> list[bytes]:
    lines = [parse(row[:-1]) for row in rows]
    return [canonical({**line, "n": place} if place else line) + b"\n" for place, line in enumerate(lines)]


def test_a_line_taken_out_without_numbering_anew_is_told_as_disorder(taken: Taken) -> None:
    rows = taken.journal.splitlines(keepends=True)
    assert code_of(b"".join([*rows[:3], *rows[4:]]), taken.policy) == "audit-file.order"


@pytest.mark.parametrize("data", [b"", b"{}\n", b"\xff\n\n\n", b"{}\n{}\n{}\n", b"[" * 5000 + b"\n{}\n{}\n"])
def test_what_is_no_audit_file_is_told_so(taken: Taken, data: bytes) -> None:
    assert code_of(data, taken.policy) == "audit-file.form"


def test_a_file_signed_by_another_log_is_refused(taken: Taken) -> None:
    stranger = SignerKey(taken.key.name, taken.key.algorithm, bytes(32))
    body = b"".join(row + b"\n" for row in taken.journal.splitlines()[:-1])
    data = body + ending(stranger, body.count(b"\n") - 1, body)
    assert code_of(data, taken.policy) == "audit-file.seal"


def test_the_command_tells_what_holds_and_ends_as_the_other_checks_do(taken: Taken, tmp_path: Path) -> None:
    file, policy, broken = tmp_path / "a.jsonl", tmp_path / "policy.txt", tmp_path / "b.jsonl"
    file.write_bytes(taken.section)
    policy.write_text(taken.policy_text)
    broken.write_bytes(taken.section.replace(b'"account-agent"', b'"account-other"', 1))

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(command, ["audit", *map(str, arguments)])
        return result.exit_code, result.output

    code, output = run(file, "--policy", policy)
    assert code == 0 and "everything holds" in output and output.count("✓") == 6
    assert run(file)[0] == 3
    code, output = run(broken, "--policy", policy)
    assert code == 1 and "audit-file.seal: " in output
    assert run(tmp_path / "nowhere", "--policy", policy)[0] == 2
    assert run(file, "--policy", file)[0] == 2
    code, output = run(broken, "--policy", policy, "--json")
    told = json.loads(output.splitlines()[0])
    assert (code, told["result"], told["problem"]["code"]) == (1, "failed", "audit-file.seal")


async def test_a_running_sections_file_tells_no_number_no_salt_of_a_link_and_nothing_of_bids(
    story: Story, auditor: httpx.AsyncClient, taken: Taken
) -> None:
    data = (await auditor.get(f"/audit/sections/{story.running}/timeline.jsonl")).content
    told = {step.name: step.facts for step in verify_audit(data, taken.policy)}
    assert "chain" not in told and told["events"]["event"] >= 4
    assert all("link" not in row for row in rows_of(data, "event")) and b'"bid.' not in data


async def test_an_export_without_measure_is_refused(story: Story) -> None:
    async with story.hall.database.reading() as session:
        with pytest.raises(Problem, match=r"audit\.too-many: most=10"):
            await ground_of(session, Search(), None, False, most=10)


async def test_an_export_is_written_in_pieces_and_never_held_whole(story: Story, taken: Taken) -> None:
    hall = story.hall
    async with hall.database.reading() as session:
        ground = await ground_of(session, Search(), None, False)
    search, actor = Search(), hall.actor("supervisor")
    pieces = [len(one) async for one in written(hall.database, actor, taken.key, ground, search, {}, at_once=20)]
    assert len(pieces) > 8 and max(pieces) < sum(pieces) / 4
