"""The Verify page's checks are held to the command line's: what it refuses they refuse, and nothing else."""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser, Page
from section_story import Story
from verify_cases import FORGERIES, Case, checked, code_of, evidence_case, forged, policy_file, refused, told

from infra.kernel.canonical import canonical, read
from infra.tlog.policy import parse_policy
from trading.archive.bundle import unpack
from trading.archive.verify_receipt import verify_receipt

# isort: split
from evidence_log import Scene
from evidence_scenes import (
    a_scene,
    a_scene_in_two_envelopes,
    a_scene_with_a_representative,
    a_scene_with_a_supplement,
    a_scene_with_three_judges,
    an_evidence,
    the_policy,
)
from failed_scenes import few_bids, few_files, few_forms
from forged_answers import all_agree, answered, cut_short
from forged_capacity import CAPACITY, able, unable
from forged_changes import CHANGES, changed
from forged_choices import AGAIN, CHOICES, chosen, chosen_again
from forged_committees import called, resolved
from forged_examinations import EXAMINED, all_rejected, examined
from forged_explanations import EXPLAINED, explained
from forged_failures import CLOSED, HALTED
from forged_frozen_items import FROZEN_ITEMS, banded
from forged_inquiries import INQUIRIES
from forged_inquiries import asked as asked_in_writing
from forged_invited import INVITATIONS, invited
from forged_objections import OBJECTIONS
from forged_objections import answered as objected
from forged_purchases import BOUGHT, bought, bought_in_silence, unevaluated
from forged_representatives import REPRESENTATIVES, named_again, vacated
from forged_reviews import REVIEWS, overtaken, reviewed
from forged_rounds import ROUNDS, evaluated_again, evaluated_thrice, prices_known
from forged_seconds import NONE_LEFT, SECONDS, none_priced
from forged_sittings import SITTINGS, over, paused
from forged_supplements import SUPPLEMENTS
from forged_ties import TIES, decided, left_to_nobody
from forged_ways import ENDS, WAYS, handed_on, renounced
from forged_ways import ended as no_award
from test_evidence_failures import answered_late
from test_evidence_mutations import forged as mutated
from test_evidence_openings import restored, revoked_by_decision, withdrawn_by_decision
from test_evidence_withdrawals import by_another_key
from test_verify_commands import a_draw, a_receipt

sys.path.append(str(Path(__file__).resolve().parents[1] / "draw"))

from test_public_lotteries import FORGED as LOTTERY_LIES
from test_public_lotteries import drawn as a_lottery
from test_public_lotteries import forged as lottery
from test_public_lotteries import turned as turned_lottery

from expertpool.lotteries.rules import is_lottery, recompute_lottery
from infra.kernel.problems import Problem

pytestmark = [pytest.mark.browser, pytest.mark.soak]
PARTS = 5

WITHOUT_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
  algorithm.name === "Ed25519" ? Promise.reject(new DOMException("no")) : importKey(format, key, algorithm, ...rest);
"""


async def on_page(browser: Browser, hall: Hall, *, script: str = "") -> Page:
    page = await opened(browser, hall)
    if script:
        await page.add_init_script(script)
    await page.goto(hall.origin + "/verify")
    return page


async def differing(page: Page, cases: list[tuple[str, str, bytes]]) -> list[str]:
    found = await refused(page, [data for _, _, data in cases])
    return [f"{name}: {code}, page {one}" for (name, code, _), one in zip(cases, found, strict=True) if one != code]


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_forgery_of_a_finished_section_is_refused_as_by_the_command(
    browser: Browser, hall: Hall, part: int
) -> None:
    page = await on_page(browser, hall)
    names = sorted(FORGERIES)[part::PARTS]
    cases = list(forged({name: FORGERIES[name] for name in names}))
    assert await differing(page, cases) == []
    await page.context.close()


@pytest.mark.soak
async def test_every_forgery_of_a_failed_section_is_refused_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    cases = [*forged(CLOSED, few_bids), *forged(HALTED, few_forms)]
    assert await differing(page, cases) == []
    await page.context.close()


@pytest.mark.soak
async def test_a_tie_decided_by_the_procuring_entity_is_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(decided().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(decided().evidence())[0])
    alone = ("left to nobody", "evidence.tie-decided", left_to_nobody().evidence())
    assert await differing(page, [*forged(TIES, decided), alone]) == []
    await page.context.close()


@pytest.mark.soak
async def test_objections_to_a_result_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(objected().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(objected().evidence())[0])
    assert await differing(page, list(forged(OBJECTIONS, objected))) == []
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("scene", [reviewed, overtaken])
async def test_a_report_reviewed_and_corrected_is_judged_as_by_the_command(
    browser: Browser, hall: Hall, scene: Callable[[], Scene]
) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(scene().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(scene().evidence())[0])
    assert await differing(page, list(forged(REVIEWS if scene is reviewed else {}, scene))) == []
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("scene", [handed_on, renounced, no_award])
async def test_a_result_that_could_not_stand_is_judged_as_by_the_command(
    browser: Browser, hall: Hall, scene: Callable[[], Scene]
) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(scene().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(scene().evidence())[0])
    lies = {handed_on: WAYS, no_award: ENDS}.get(scene, {})
    assert await differing(page, list(forged(lies, scene))) == []
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("scene", [chosen, chosen_again])
async def test_a_chosen_winner_is_judged_as_by_the_command(
    browser: Browser, hall: Hall, scene: Callable[[], Scene]
) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(scene().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(scene().evidence())[0])
    assert await differing(page, list(forged(CHOICES if scene is chosen else AGAIN, scene))) == []
    await page.context.close()


@pytest.mark.soak
async def test_an_invited_tender_is_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(invited().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(invited().evidence())[0])
    assert await differing(page, list(forged(INVITATIONS, invited))) == []
    await page.context.close()


@pytest.mark.soak
async def test_questions_about_a_candidates_capacity_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    files = [scene().evidence() for scene in (able, unable)]
    seen = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in seen] == ["holds"] * 2
    assert [[step["name"] for step in one["steps"]] for one in seen] == [told(data)[0] for data in files]
    assert await differing(page, list(forged(CAPACITY, unable))) == []
    await page.context.close()


@pytest.mark.soak
async def test_purchases_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    files = [scene().evidence() for scene in (bought, bought_in_silence, unevaluated)]
    seen = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in seen] == ["holds"] * 3
    assert [[step["name"] for step in one["steps"]] for one in seen] == [told(data)[0] for data in files]
    assert await differing(page, list(forged(BOUGHT, bought))) == []
    await page.context.close()


@pytest.mark.soak
async def test_evaluations_set_aside_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    files = [evaluated_again().evidence(), evaluated_thrice("directive", ()).evidence()]
    seen = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in seen] == ["holds"] * 2
    assert [[step["name"] for step in one["steps"]] for one in seen] == [told(data)[0] for data in files]
    twice = evaluated_thrice("objection-upheld", (1,)).evidence()
    alone = [("prices known", "evidence.way", prices_known().evidence()), ("twice", "evidence.way", twice)]
    assert await differing(page, [*forged(ROUNDS, evaluated_again), *alone]) == []
    await page.context.close()


@pytest.mark.soak
async def test_sittings_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page, asked, alone = await on_page(browser, hall), paused(), paused()
    over(asked, "J1", "J4")
    over(alone, "J1")
    files = [paused().evidence(), asked.evidence()]
    seen = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in seen] == ["holds"] * 2
    assert [[step["name"] for step in one["steps"]] for one in seen] == [told(data)[0] for data in files]
    cases = [*forged(SITTINGS, paused), ("one of five", "evidence.sitting", alone.evidence())]
    assert await differing(page, cases) == []
    await page.context.close()


@pytest.mark.soak
async def test_explanations_of_marks_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(explained().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(explained().evidence())[0])
    assert await differing(page, list(forged(EXPLAINED, explained))) == []
    await page.context.close()


@pytest.mark.soak
async def test_written_inquiries_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(asked_in_writing().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == (
        "holds",
        told(asked_in_writing().evidence())[0],
    )
    assert await differing(page, list(forged(INQUIRIES, asked_in_writing))) == []
    await page.context.close()


@pytest.mark.soak
async def test_examinations_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page, files = await on_page(browser, hall), [examined().evidence(), all_rejected().evidence()]
    seen = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in seen] == ["holds"] * 2
    assert [[step["name"] for step in one["steps"]] for one in seen] == [told(data)[0] for data in files]
    assert await differing(page, list(forged(EXAMINED, examined))) == []
    await page.context.close()


@pytest.mark.soak
async def test_changes_between_notice_and_closing_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(changed().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(changed().evidence())[0])
    assert await differing(page, [*forged(CHANGES, changed), *forged(FROZEN_ITEMS, banded)]) == []
    await page.context.close()


@pytest.mark.soak
async def test_a_committee_with_a_representative_is_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    scenes = [a_scene_with_a_representative() for _ in range(3)]
    named_again(scenes[1])
    vacated(scenes[2])
    files = [one.evidence() for one in scenes]
    seen = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in seen] == ["holds"] * 3
    assert [[step["name"] for step in one["steps"]] for one in seen] == [told(data)[0] for data in files]
    few = ("three judges", "evidence.committee-size", a_scene_with_three_judges().evidence())
    assert await differing(page, [*forged(REPRESENTATIVES, a_scene_with_a_representative), few]) == []
    await page.context.close()


@pytest.mark.soak
async def test_a_draw_for_vacant_seats_is_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page, data = await on_page(browser, hall), a_scene_with_a_supplement().evidence()
    [good] = await checked(page, [evidence_case(data)])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(data)[0])
    assert await differing(page, list(forged(SUPPLEMENTS, a_scene_with_a_supplement))) == []
    await page.context.close()


@pytest.mark.soak
async def test_a_tender_in_two_envelopes_is_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    good = a_scene_in_two_envelopes().evidence()
    [seen] = await checked(page, [evidence_case(good)])
    assert (seen["verdict"], [step["name"] for step in seen["steps"]]) == ("holds", told(good)[0])
    assert await differing(page, list(forged(SECONDS, a_scene_in_two_envelopes))) == []
    none = none_priced().evidence()
    [ended] = await checked(page, [evidence_case(none)])
    assert (ended["verdict"], [step["name"] for step in ended["steps"]]) == ("holds", told(none)[0])
    assert await differing(page, list(forged(NONE_LEFT, none_priced))) == []
    await page.context.close()


@pytest.mark.soak
async def test_every_good_file_holds_in_the_same_steps_as_by_the_command(browser: Browser, hall: Hall) -> None:
    happened: list[Callable[[Scene], object]] = [
        resolved, called, withdrawn_by_decision, revoked_by_decision, restored, by_another_key, answered, all_agree, cut_short,
    ]  # fmt: skip
    scenes = [a_scene() for _ in happened]
    for scene, change in zip(scenes, happened, strict=True):
        change(scene)
    late = few_files()
    answered_late(late)
    files = [
        an_evidence(),
        *(one.evidence() for one in [*scenes, few_bids(), few_forms(), few_files(), late, changed()]),
    ]
    page = await on_page(browser, hall)
    results = await checked(page, map(evidence_case, files))
    assert [one["verdict"] for one in results] == ["holds"] * len(files)
    assert [[step["name"] for step in one["steps"]] for one in results] == [told(data)[0] for data in files]
    await page.context.close()


@pytest.mark.soak
async def test_the_evidence_of_a_section_held_by_the_platform_itself_holds(
    browser: Browser, hall: Hall, story: Story
) -> None:
    data = story.shots["finished"]["/evidence.zip"].content
    page = await on_page(browser, hall)
    [found] = await checked(page, [evidence_case(data, unpack(data)["policy.txt"])])
    assert (found["verdict"], found["problem"]) == ("holds", None)
    await page.context.close()


@pytest.mark.soak
async def test_oddities_and_turned_bits_are_refused_where_the_command_refuses(browser: Browser, hall: Hall) -> None:
    dice, honest = random.Random(11), an_evidence()
    files = [mutated(random.Random(70_000 + number))[1].evidence() for number in range(10)]
    for _ in range(10):
        turned = bytearray(honest)
        turned[dice.randrange(len(turned))] ^= 1 << dice.randrange(8)
        files.append(bytes(turned))
    page = await on_page(browser, hall)
    assert await refused(page, files) == [told(data)[1] for data in files]
    await page.context.close()


async def test_foreign_keys_pass_for_integrity_and_never_under_the_published_policy(
    browser: Browser, hall: Hall
) -> None:
    page = await on_page(browser, hall)
    foreign = an_evidence("elsewhere")
    alone, judged = await checked(page, [Case({"e.zip": foreign}, None), evidence_case(foreign)])
    assert alone["verdict"] == "integrity"
    assert (judged["verdict"], code_of(judged)) == ("failed", "evidence.policy-differs")
    await page.context.close()


@pytest.mark.soak
async def test_a_browser_without_ed25519_of_its_own_checks_all_the_same(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall, script=WITHOUT_ED25519)
    good = a_receipt()
    before, line, rest = good["proof"].partition("\n— agent.yunhu.example ")
    bad = good | {"proof": before + line + rest[:40] + ("A" if rest[40] != "A" else "B") + rest[41:]}
    found = await checked(page, [Case({"r.json": canonical(one)}, policy_file()) for one in (good, bad)])
    assert [code_of(one) for one in found] == [None, "log.signature"]
    await page.context.close()


def receipts() -> list[bytes]:
    """Good receipts, and each forgery of one that the command's tests know."""
    good = [a_receipt(), a_receipt(0, "bid.replaced"), a_receipt(0, "bid.withdrawn")]
    zeros = "A" * 43 + "="
    changes = [
        {"bid": "bid-c"}, {"section": "YH-2026-001/S2"}, {"manifest": zeros}, {"salt": zeros}, {"salt": 5}, {"event": "5"},
        {"event": "[]"}, {"event": a_receipt(2)["event"]}, {"proof": a_receipt(2)["proof"]}, {"format": "receipt/v2"},
        {"more": 1}, {"event": "\ud800"}, {"proof": a_receipt()["proof"].replace("index ", "index 1", 1)},
    ]  # fmt: skip
    forged_ones = [json.dumps(a_receipt() | change).encode() for change in changes]
    twice = canonical(a_receipt()).replace(b'{"bid":', b'{"bid":"x","bid":', 1)
    return [*map(canonical, good), *forged_ones, twice]


def by_the_command(data: bytes) -> str | None:
    try:
        verify_receipt(read(data), parse_policy(policy_file()))
    except Problem as problem:
        return problem.code
    return None


def by_verify_draw(data: bytes) -> str | None:
    """The code with which the command refuses a lottery's file; the page does not know what is none."""
    try:
        given = read(data)
        if not is_lottery(given):
            return "page.unknown"
        computed = recompute_lottery(given)
        differs = any(given["evidence"][name] != computed["evidence"][name] for name in ("out", "reasons"))
    except Problem as problem:
        return "page.unknown" if problem.code == "json.bad" else problem.code
    return "verify.draw-differs" if differs else None


async def test_receipts_hold_and_fail_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page, files = await on_page(browser, hall), receipts()
    results = await checked(page, [Case({"receipt.json": data}, policy_file()) for data in files])
    assert [code_of(one) for one in results] == [by_the_command(data) for data in files]
    assert [one["verdict"] for one in results] == ["holds"] * 3 + ["failed"] * (len(files) - 3)
    await page.context.close()


@pytest.mark.soak
async def test_a_receipt_is_nothing_without_a_policy(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [found] = await checked(page, [Case({"receipt.json": canonical(a_receipt())}, None)])
    assert (found["verdict"], code_of(found)) == ("unusable", "page.policy-needed")
    await page.context.close()


async def test_a_receipt_is_compared_with_the_bidders_own_manifest(browser: Browser, hall: Hall) -> None:
    page, receipt = await on_page(browser, hall), canonical(a_receipt())
    own, other = (a_scene().bids[bid]["manifest"].encode() for bid in ("bid-b", "bid-c"))
    cases = [Case({"r.json": receipt, "m.json": manifest}, policy_file()) for manifest in (own, other)]
    good, bad = await checked(page, cases)
    assert good["steps"][-1]["name"] == "receipt-manifest"
    assert code_of(bad) == "receipt.malformed"
    await page.context.close()


async def test_lotteries_are_recognised_and_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    lies = [lottery(name) for name in (*LOTTERY_LIES, "another winner")]
    early = {name: value for name, value in a_lottery().items() if name != "evidence"}
    files = [*map(canonical, (a_lottery(), early, *lies)), *(turned_lottery(seed) for seed in range(30))]
    page = await on_page(browser, hall)
    found = await checked(page, [Case({"file.json": data}, None) for data in files])
    assert [one["verdict"] for one in found[:2]] == ["recomputed", "unusable"]
    assert [one["name"] for one in found[0]["steps"]] == ["lottery-entries", "draw-seed", "draw-lists", "draw-result"]
    assert [code_of(one) for one in found] == [*map(by_verify_draw, files)]
    assert not any(one["verdict"] == "recomputed" for one in found[1:])
    await page.context.close()


async def test_a_draw_and_an_evaluation_are_recomputed(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    draw, evaluation = a_draw(), read(unpack(an_evidence())["evaluation.json"])
    swapped = a_draw()
    swapped["out"][0], swapped["out"][1] = swapped["out"][1], swapped["out"][0]
    raised = json.loads(json.dumps(evaluation))
    raised["out"]["total"]["bid-c"] = "99.00"
    files = [canonical(one) for one in (draw, swapped, draw | {"seed": "0" * 64}, evaluation, raised)]
    results = await checked(page, [Case({"file.json": data}, None) for data in files])
    assert [one["verdict"] for one in results] == ["recomputed", "failed", "failed", "recomputed", "failed"]
    codes = ["verify.draw-differs", "draw.transcript", "page.evaluation-differs"]
    assert [code for code in map(code_of, results) if code] == codes
    await page.context.close()


@pytest.mark.soak
async def test_a_checkpoint_is_held_to_the_policy(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    note = a_receipt()["proof"].partition("\n\n")[2]
    lone = "\n".join(line for line in note.split("\n") if "agent" not in line and "centre" not in line)
    results = await checked(page, [Case({"checkpoint": one.encode()}, policy_file()) for one in (note, lone)])
    assert [code_of(one) for one in results] == [None, "log.quorum"]
    assert results[0]["steps"][0]["facts"]["size"] == str(the_policy().check(note).size)
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"hello", b"[]", b"{", b"PK\5\6", b'{"a":1}'])
async def test_what_is_none_of_ours_is_never_said_to_hold(browser: Browser, hall: Hall, data: bytes) -> None:
    page = await on_page(browser, hall)
    [found] = await checked(page, [Case({"file": data}, policy_file())])
    assert found["verdict"] in ("unusable", "failed")
    assert found["problem"] is not None
    await page.context.close()
