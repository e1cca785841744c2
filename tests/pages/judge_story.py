"""Three bids before five judges, told through the pages: what every form and script of the room was answered."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
from envelopes import submitted
from judge_hall import METHOD, Story, mark
from judge_machine import COOKIE, TOKEN, Machine
from judges_answers import everything
from judging import a_panel, enter_experts
from leaks import whole_database
from paper_readings import read_papers
from scenes import Hall
from sqlalchemy import update

from infra.auth.accounts import create_account
from infra.auth.tables import WebSession
from infra.crypto.sign import new_p256, sign_p256
from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor, Role
from trading.evaluation.committee import dissent_message, resolution_message
from trading.evaluation.marks import reasoned_commitment
from trading.evaluation.reporting import settle_report
from trading.evaluation.tables import Evaluation
from trading.sections.states import SectionState

CODE = re.compile(r'slip-card__code mono">([A-Z0-9 ]+)<')


async def tell(hall: Hall) -> Story:
    """From the printed slips to the signed report."""
    story = Story(hall)
    await enter_experts(hall)
    story.section = await hall.a_tender(2, METHOD)
    for number in range(1, 4):
        await submitted(hall, story.section, f"bidder{number}")
    deadline = (await hall.section(story.section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(story.section, SectionState.OPENED)
    await a_panel(hall, story.section)
    codes = await _print(story)
    await _at_the_door(story, codes)
    await _come_back(story)
    await hall.until(lambda: _checked(story))
    await _mark(story)
    await _decide(story)
    await _lose_a_slip(story)
    await _lock(story)
    await _report(story)
    await _too_late(story)
    return story


async def _print(story: Story) -> list[str]:
    seats, slips = f"/sections/{story.section}/seats", f"/sections/{story.section}/seats/slips"
    await story.get("seats before anybody came", seats, "centre")
    await story.send("slips by the agent", "agent", slips)
    await _far_away(story.hall)
    for name, path in (("seats from another region", seats), ("slips from another region", slips)):
        await (story.get(name, path, "far") if path == seats else story.send(name, "far", path))
    printed = await story.send("slips printed", "centre", slips)
    await story.send("slips printed twice", "centre", slips)
    await story.send("a slip replaced without a reason", "centre", slips, seat="1", reason=" ")
    await story.send("a slip of no seat", "centre", slips, seat="77", reason="遗失")
    await story.send("a time gone by", "centre", f"{seats}/appointment", by="2020-01-01T00:00")
    await story.send("no time", "centre", f"{seats}/appointment", by="morgen")
    await story.send("absent too early", "centre", f"{seats}/absent")
    return [code.replace(" ", "") for code in CODE.findall(printed.text)]


async def _far_away(hall: Hall) -> None:
    """A centre's account of another region."""
    body = hall.bodies["centre"].id
    hall.actors["far"] = Actor("account-far", Role.CENTRE, body, "420500")
    async with hall.database.work(SYSTEM) as work:
        hall.accounts["far"] = await create_account(
            work, login="far", name="far", password="a-long-enough-password", role=Role.CENTRE, region="420500",
            organisation=body,
        )  # fmt: skip


async def _at_the_door(story: Story, codes: list[str]) -> None:
    one = story.machine()
    story.answers["the door"] = await one.client.get("/judge")
    story.answers["a wrong slip"] = await one.post("/judge/slip", slip="AAAAAAAAAAAA")
    story.answers["a long slip"] = await one.post("/judge/slip", slip="A" * 100)
    one.slip = codes[0]
    page = story.answers["the declaration"] = await one.post(
        "/judge/slip", slip=f" {codes[0][:4]}-{codes[0][4:].lower()} "
    )
    story.answers["no answer for a party"] = await one.post("/judge/seat", slip=codes[0], **one.proof())
    declared = one.declared(page)
    story.answers["a conflict declared"] = await one.post(
        "/judge/seat", slip=codes[0], **one.declared(page, "yes"), **one.proof()
    )
    story.answers["no key"] = await one.post("/judge/seat", slip=codes[0], **declared)
    story.answers["leaving unsure"] = await one.post("/judge/recusal", slip=codes[0], leaving="yes")
    story.answers["the seat taken"] = await one.post("/judge/seat", slip=codes[0], **declared, **one.proof())
    other = story.machine()
    other.slip = codes[0]
    story.answers["a used slip"] = await other.post("/judge/seat", slip=codes[0], **declared, **other.proof())
    leaver = story.machine()
    leaver.slip = codes[1]
    story.answers["left"] = await leaver.post("/judge/recusal", slip=codes[1], sure="yes")
    story.answers["the leaver's slip"] = await leaver.post("/judge/slip", slip=codes[1])
    printed = await story.send("the alternate's slip", "centre", f"/sections/{story.section}/seats/slips")
    codes[1] = CODE.findall(printed.text)[0].replace(" ", "")
    story.machines = [one]
    for code in codes[1:]:
        story.machines.append(story.machine())
        await story.machines[-1].take(code)
    for machine, seat in zip(story.machines, await story.seats(), strict=True):
        machine.seat = seat.id
    await story.get("seats when all have come", f"/sections/{story.section}/seats", "centre")
    story.answers["the room"] = await one.client.get("/judge")


async def _come_back(story: Story) -> None:
    one = story.machines[0]
    old = one.client.cookies[COOKIE]
    one.client.cookies.delete(COOKIE)
    story.answers["the bench without a session"] = await one.client.get("/judge/marks")
    first = await one.challenged()
    second = await one.challenged()
    story.notes["challenges"] = (first, second)
    story.answers["an older challenge"] = await one.come_back(first)
    third = await one.challenged()
    story.answers["a machine without the key"] = await one.come_back(third, new_p256(random_bytes))
    story.answers["back"] = await one.come_back(third)
    fresh = one.client.cookies[COOKIE]
    one.client.cookies.delete(COOKIE)
    story.answers["a challenge used twice"] = await one.come_back(third)
    one.client.cookies.set(COOKIE, old)
    story.answers["the earlier session"] = await one.client.get("/judge/marks")
    one.client.cookies.set(COOKIE, fresh)


async def _checked(story: Story) -> bool:
    page = await story.machines[0].client.get("/judge/marks")
    return 'data-bid="' in page.text


async def _mark(story: Story) -> None:
    one = story.machines[0]
    page = await one.client.get("/judge/marks")
    story.bids = re.findall(r'data-bid="([^"]+)"', page.text)
    story.answers["machine checks"] = await one.client.get("/judge/checks")
    bid = story.bids[0]
    story.answers["saved"] = await one.save(bid, "t1", "12.5")
    story.answers["saved again"] = await one.save(bid, "t1", "13.5", 1)
    for name, value in (
        ("above the most", "30.5"), ("off the step", "13.3"), ("no number", "NaN"), ("negative", "-0.5"),
        ("empty", ""), ("endless", "13.50000000000000000000000000000000"),
    ):  # fmt: skip
        story.answers[name] = await one.save(bid, "t1", value, 2)
    story.notes["after the impossible ones"] = (await one.marks())[bid]["t1"]
    await _say_why(story, bid)
    story.answers["the other tab"] = await one.save(bid, "t1", "14.0", 1)
    story.answers["an unknown item"] = await one.save(bid, "o1", "1")
    story.answers["an unknown bid"] = await one.save("bid-nobody", "t1", "1")
    story.answers["a mark of another shape"] = await one.save(bid, "t1", "1", judge="J2")
    story.answers["a mark without a token"] = await one.client.post("/judge/marks", json={})
    for number, machine in enumerate(story.machines, 1):
        for place, name in enumerate(story.bids):
            await machine.save(name, "t1", f"{20 + number}.5")
            await machine.save(name, "t2", mark(number, place))
    await read_papers(story, one, bid)


async def _say_why(story: Story, bid: str) -> None:
    """J1 writes a reason, pins a page and is refused what cannot be kept; the mark stays as it is throughout."""
    one = story.machines[0]
    pin = {"part": "technical", "page": 2, "text": "停水切换"}
    for name, given in (
        ("a reason too long", {"reason": "长" * 1001}),
        ("pins too many", {"pins": [{**pin, "page": page} for page in range(1, 10)]}),
        ("a quotation too long", {"pins": [{**pin, "text": "长" * 201}]}),
        ("a page before the first", {"pins": [{**pin, "page": 0}]}),
        ("a pin of no part", {"pins": [{**pin, "part": "opening-form"}]}),
    ):
        story.answers[name] = await one.give(bid, "t2", 0, **given)
    story.notes["nothing kept of what was refused"] = (await one.marks())[bid].get("t2")
    story.answers["a reason before the mark"] = await one.give(bid, "t2", 0, reason=" 回退条件未写明 ")
    story.answers["a page pinned"] = await one.give(bid, "t2", 1, pins=[pin, pin])
    story.notes["a reason without a mark"] = (await one.marks())[bid]["t2"]
    story.answers["full width"] = await one.give(bid, "t2", 2, mark="１６．５")
    story.notes["the mark joins them"] = (await one.marks())[bid]["t2"]


async def _decide(story: Story) -> None:
    one, two = story.machines[:2]
    story.answers["too early to lock"] = await _locked(story, 1)
    page = await one.client.get("/judge/committee")
    story.answers["the committee"] = page
    fields = {f"mark-{bid}-o1": "18" for bid in story.bids} | {f"ground-{bid}-o1": "第 3 页" for bid in story.bids}
    wrong = {**fields, f"mark-{story.bids[0]}-o1": "21"}
    story.answers["a finding above the most"] = await one.post(
        "/judge/committee/motion", "/judge/committee", kind="objective", **wrong
    )
    story.answers["a rejection without reasons"] = await one.post(
        "/judge/committee/motion",
        "/judge/committee",
        kind="rejection",
        bid=story.bids[0],
        article="TBR 51(3)",
        **{"reasons-rejection": ""},
    )
    shown = story.answers["a finding to sign"] = await one.post(
        "/judge/committee/motion", "/judge/committee", kind="objective", **fields
    )
    content = _attribute(shown.text, 'name="content" value="')
    await _signed_motion(story, one, content)
    story.answers["a vote without a key"] = await two.post(
        "/judge/committee/motions/1", "/judge/committee", agrees_chosen="yes"
    )
    for machine in story.machines[1:]:
        await _answer(story, machine, content, 1)
    story.answers["a second vote"] = await _answer(story, two, content, 1)
    for number, machine in enumerate(story.machines):
        story.answers[f"vote {number}"] = await machine.post(
            "/judge/leader", "/judge/leader", round="1", candidate="3" if number < 2 else "2" if number < 4 else "1"
        )
    story.answers["the second round"] = await one.client.get("/judge/leader")
    story.answers["no candidate"] = await one.post("/judge/leader", "/judge/leader", round="2", candidate="1")
    story.answers["the wrong round"] = await one.post("/judge/leader", "/judge/leader", round="1", candidate="3")
    for number, machine in enumerate(story.machines):
        await machine.post("/judge/leader", "/judge/leader", round="2", candidate="3" if number < 3 else "2")
    story.answers["the leader"] = await two.client.get("/judge/leader")
    story.answers["a vote too many"] = await one.post("/judge/leader", "/judge/leader", round="2", candidate="3")


async def _lose_a_slip(story: Story) -> None:
    last = story.machines[4]
    before = await last.marks()
    slips = f"/sections/{story.section}/seats/slips"
    printed = await story.send("a slip replaced", "centre", slips, seat="5", reason="机器损坏")
    story.answers["the bench of a replaced slip"] = await last.client.get("/judge/marks")
    story.answers["the replaced slip"] = await last.post("/judge/slip", slip=last.slip)
    story.answers["seated again"] = await last.take(CODE.findall(printed.text)[0].replace(" ", ""))
    story.notes["marks over the new slip"] = (before, await last.marks())


async def _lock(story: Story) -> None:
    hall, one = story.hall, story.machines[0]
    story.answers["other marks than the saved"] = await _locked(story, 1, {"t1": "1.0"})
    story.answers["a lock without a key"] = await one.post(
        "/judge/lock", "/judge/lock", one_time_sheet="{}", salt="", signature=""
    )
    story.answers["the lock"] = await one.client.get("/judge/lock")
    for number in (1, 2, 3, 4):
        story.answers[f"lock {number}"] = await _locked(story, number)
    await hall.step()
    story.notes["responses"] = await everything(
        story.hall, story.section, story.bids, [one.client for one in story.machines]
    )
    story.notes["database"] = await whole_database(hall)
    story.answers["a mark after the lock"] = await one.save(story.bids[0], "t1", "1.0")
    story.answers["the locked bench"] = await one.client.get("/judge/marks")
    story.answers["a report too early"] = await one.client.get("/judge/report")
    story.answers["a marked judge's slip"] = await story.send(
        "a slip after the lock", "centre", f"/sections/{story.section}/seats/slips", seat="1", reason="遗失"
    )
    await _locked(story, 5)
    await hall.reach(story.section, SectionState.MARKED)


async def _report(story: Story) -> None:
    """J1 signs, J2 dissents; the others are still silent."""
    async with story.hall.database.reading() as session:
        digest = (await session.get_one(Evaluation, story.section)).digest
    one, two, three = story.machines[:3]
    page = "/judge/report"
    story.answers["the report"] = await one.client.get(page)
    story.answers["a signature without a key"] = await one.post(f"{page}/signature", page)
    wrong = b64(sign_p256(two.key, digest))
    story.answers["a signature with another's key"] = await one.post(f"{page}/signature", page, signature=wrong)
    story.answers["signed"] = await one.post(f"{page}/signature", page, signature=b64(sign_p256(one.key, digest)))
    await _typed_too_late(story, two)
    empty = b64(sign_p256(two.key, dissent_message(digest, " ")))
    story.answers["a dissent without reasons"] = await two.post(f"{page}/dissent", page, reasons=" ", signature=empty)
    reasons = b64(sign_p256(two.key, dissent_message(digest, "评分依据不足\n见第二项")))
    dissent = {"reasons": "评分依据不足\r\n见第二项", "signature": reasons}
    story.answers["dissented"] = await two.post(f"{page}/dissent", page, **dissent)
    story.answers["a signature is no dissent"] = await three.post(f"{page}/signature", page, signature=reasons)
    story.answers["who has answered"] = await three.client.get(page)


async def _typed_too_late(story: Story, two: Machine) -> None:
    """J2 types reasons, J2's session ends meanwhile, J2 sends them and comes back."""
    page = str(two.client.base_url.copy_with(path="/judge/report"))
    found = TOKEN.search((await two.client.get(page)).text)
    assert found
    old = two.client.cookies[COOKIE]
    async with story.hall.database.work(SYSTEM) as work:
        long_ago = work.ctx.now.replace(year=2025)
        await work.session.execute(update(WebSession).where(WebSession.seat == two.seat).values(last_seen=long_ago))
    sent = {"form_token": found[1], "reasons": "写到一半", "signature": "x"}
    story.answers["sent too late"] = await two.client.post(f"{page}/dissent", data=sent, headers={"referer": page})
    two.client.cookies.delete(COOKIE)
    await two.come_back(await two.challenged())
    came = parse_qs(urlsplit(story.answers["sent too late"].headers["location"]).query)["next"][0]
    story.answers["typed again"] = await two.client.get(came)
    fresh = two.client.cookies[COOKIE]
    two.client.cookies.set(COOKIE, old)
    story.answers["sent by nobody"] = await two.client.post(f"{page}/dissent", data=sent, headers={"referer": page})
    two.client.cookies.set(COOKIE, fresh)


async def _too_late(story: Story) -> None:
    """The signing time ends as its timer ends it; then J3 comes with reasons, J4 with a signature."""
    hall, page = story.hall, "/judge/report"
    async with hall.database.reading() as session:
        digest = (await session.get_one(Evaluation, story.section)).digest
    three, four = story.machines[2:4]
    async with hall.database.work(SYSTEM) as work:
        await settle_report(work, story.section)
    story.answers["the report after the time"] = await three.client.get(page)
    story.answers["the room after the time"] = await three.client.get("/judge")
    late = b64(sign_p256(three.key, dissent_message(digest, "迟到的意见")))
    story.answers["a dissent after the time"] = await three.post(
        f"{page}/dissent", page, reasons="迟到的意见", signature=late
    )
    story.answers["a signature after the time"] = await four.post(
        f"{page}/signature", page, signature=b64(sign_p256(four.key, digest))
    )
    story.answers["the report signed late"] = await four.client.get(page)


async def _locked(story: Story, number: int, changed: dict[str, str] | None = None) -> httpx.Response:
    machine = story.machines[number - 1]
    sheet = machine.sheet(await machine.marks(), changed and {story.bids[0]: changed})
    salt = random_bytes(32)
    promised = reasoned_commitment(salt, story.section, f"J{number}", sheet)
    return await machine.post(
        "/judge/lock",
        "/judge/lock",
        one_time_sheet=json.dumps(sheet.told),
        salt=b64(salt),
        signature=b64(sign_p256(machine.key, promised)),
    )


async def _signed_motion(story: Story, machine: Machine, content: str) -> None:
    message = resolution_message(story.section, 1, json.loads(content), agrees=True, reasons="")
    story.answers["moved"] = await machine.post(
        "/judge/committee/motions", "/judge/committee", content=content, signature=b64(sign_p256(machine.key, message))
    )


async def _answer(story: Story, machine: Machine, content: str, number: int) -> httpx.Response:
    message = resolution_message(story.section, number, json.loads(content), agrees=True, reasons="")
    return await machine.post(
        f"/judge/committee/motions/{number}", "/judge/committee", agrees_chosen="yes", reasons="",
        signature=b64(sign_p256(machine.key, message)),
    )  # fmt: skip


def _attribute(page: str, begins: str) -> str:
    return unescape(page.split(begins)[1].split('"')[0])
