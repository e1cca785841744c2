"""After the entry: the letter by which an expert takes an account, and what the expert is told of the own standing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from pool_scene import Office, refusal
from sqlalchemy import func, select, text, update

from expertpool.experts import notices
from expertpool.experts.letters import count_letter_try, issue_letter, link_account, printed_code
from expertpool.experts.life import move
from expertpool.experts.notices import TO_OBJECT, notices_of, object_to, objection_of, tell_again, tell_step
from expertpool.experts.sealing import name_of
from expertpool.experts.tables import Expert, ExpertLetter, StandingNotice
from infra.auth.tables import Account
from infra.db.journal import Line
from infra.gateways import Gateway, Handed, Outcome, Parcel
from infra.kernel.context import SYSTEM, Actor, Role
from infra.timers import run_due

pytestmark = pytest.mark.soak
LOGIN = {"login": "water1", "password": "a-long-enough-password"}
GROUND: dict[str, Any] = {"basis": "TBR 71", "reason": "两次无故缺席"}


async def a_letter(office: Office, expert: str, login: str = "pool1") -> tuple[ExpertLetter, str]:
    async with office.database.work(office.actors[login]) as work:
        letter = await issue_letter(work, office.keys, expert)
    return letter, printed_code(office.keys, letter)


async def linked(office: Office, code: str, number: str, **told: str) -> str:
    async with office.database.work(SYSTEM) as work:
        return await link_account(work, office.keys, code, number, **LOGIN | told)


async def an_expert(office: Office, **changes: Any) -> tuple[Expert, Actor]:
    """An expert with an account, and the account's actor."""
    expert = await office.expert(await office.entered(**changes))
    _, code = await a_letter(office, expert.id)
    await linked(office, code, expert.number or "", login=f"own{(expert.number or '')[-3:]}")
    expert = await office.expert(expert.id)
    return expert, Actor(expert.account or "", Role.EXPERT, None, expert.region)


async def test_with_the_letters_code_and_number_an_expert_takes_an_account_once(office: Office) -> None:
    expert = await office.expert(await office.entered())
    letter, code = await a_letter(office, expert.id)
    assert re.fullmatch(r"[2-9A-Z]{4} [2-9A-Z]{4} [2-9A-Z]{4}", code)
    typed = code.replace(" ", "-").lower()
    assert await linked(office, typed, (expert.number or "").lower()) == "water1"
    assert await refusal(linked(office, code, expert.number or "", login="again")) == "letter.unknown"
    assert await refusal(a_letter(office, expert.id)) == "letter.linked"
    async with office.database.reading() as session:
        account = (await session.scalars(select(Account).where(Account.login == "water1"))).one()
        kept = await session.get_one(ExpertLetter, letter.id)
        events = (await session.scalars(select(Line.event).where(Line.subject == letter.id))).all()
    assert (await office.expert(expert.id)).account == account.id and kept.used_at is not None
    assert account.name == expert.number != name_of(office.keys, expert)
    assert events == ["expert.letter-issued", "expert.account-linked"]
    visitor = await office.visitor()
    assert (await visitor.sign_in("water1", LOGIN["password"])).status_code == 303
    assert "陆知远" in (await visitor.get("/expert")).text


async def test_every_wrong_letter_reads_one_answer(office: Office) -> None:
    expert, other = [await office.expert(await office.entered()) for _ in range(2)]
    _, void = await a_letter(office, expert.id)
    _, code = await a_letter(office, expert.id)
    for typed, number in (
        (void, expert.number),
        (code, other.number),
        ("", expert.number),
        ("2" * 12, expert.number),
        (code, "\0"),
        (code + "2", expert.number),
    ):
        assert await refusal(linked(office, typed, number or "")) == "letter.unknown"
    async with office.database.work(SYSTEM) as work:
        late = update(ExpertLetter).values(at=func.now() - timedelta(days=31), ends_at=func.now() - timedelta(days=1))
        await work.session.execute(late)
    assert await refusal(linked(office, code, expert.number or "")) == "letter.unknown"


async def test_a_letter_is_the_offices_of_the_region_and_none_goes_to_who_has_left(office: Office) -> None:
    expert = await office.entered()
    assert await refusal(a_letter(office, expert, "pool3")) == "expert.unknown"
    assert await refusal(a_letter(office, expert, "supervisor1")) == "permission.denied"
    async with office.database.work(office.actors["pool1"]) as work:
        await move(work, expert, "remove", **GROUND)
    assert await refusal(a_letter(office, expert)) == "letter.removed"


async def test_the_eleventh_try_from_one_address_waits(office: Office) -> None:
    async def one_try() -> None:
        async with office.database.work(SYSTEM, "192.0.2.7") as work:
            await count_letter_try(work)

    for _ in range(10):
        await one_try()
    assert await refusal(one_try()) == "letter.tries"


async def test_the_office_issues_and_prints_the_letter_and_the_expert_uses_it_in_a_browser(office: Office) -> None:
    expert = await office.expert(await office.entered())
    clerk, page = await office.visitor("pool1"), f"/pool/{expert.id}"
    assert (await clerk.get(f"{page}/letter")).status_code == 404
    assert (await clerk.post(f"{page}/letter", {}, page)).headers["location"] == f"{page}/letter"
    printed = await clerk.get(f"{page}/letter")
    assert printed.headers["cache-control"] == "no-store"
    found = re.search(r"expert-letter__code\">([^<]+)<", printed.text)
    assert found and "显示信函" in (await clerk.get(page)).text
    visitor = await office.visitor()
    wrong = {"private_code": "2222", "number": expert.number or "", **LOGIN, "password_again": LOGIN["password"]}
    refused = await visitor.post("/experts/account", wrong)
    assert (
        refused.status_code == 422 and 'href="#private_code"' in refused.text and LOGIN["password"] not in refused.text
    )
    right = wrong | {"private_code": found[1]}
    assert (await visitor.post("/experts/account", right | {"password_again": "x"})).status_code == 422
    assert (await visitor.post("/experts/account", right)).headers["location"] == "/login?next=%2Fexpert"
    assert "已有账号" in (await clerk.get(page)).text


class Told(Gateway):
    """A gateway of this test: it notes what it is handed and answers as it is told to."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.parcels: list[Parcel] = []

    async def hand(self, parcel: Parcel) -> Handed:
        self.parcels.append(parcel)
        return Handed(self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0])


def worded(verb: str) -> tuple[str, str]:
    return "subject", f"your standing: {verb}"


async def suspended(office: Office, expert: str) -> str:
    async with office.database.work(office.actors["pool1"]) as work:
        await move(work, expert, "suspend", **GROUND)
    async with office.database.reading() as session:
        return (await notices_of(session, expert))[0][0].step


async def told_of(office: Office, step: str, **gateways: Gateway) -> StandingNotice:
    await tell_step(office.database, office.keys, gateways, worded, step)
    async with office.database.reading() as session:
        found: StandingNotice = await session.get_one(StandingNotice, step)
    return found


async def test_an_expert_is_told_of_every_step_but_an_appraisal_and_never_why(office: Office) -> None:
    expert = await office.entered()
    step = await suspended(office, expert)
    sms = Told(Outcome.SENT)
    notice = await told_of(office, step, sms=sms)
    assert (notice.outcome, notice.channel, notice.tries) == ("sent", "sms", 1)
    assert [(one.to, one.text) for one in sms.parcels] == [("13800001234", "your standing: suspend")]
    await told_of(office, step, sms=sms)
    assert len(sms.parcels) == 1
    async with office.database.work(office.actors["pool1"]) as work:
        await move(work, expert, "resume", **GROUND)
        await work.session.flush()
        await move(work, expert, "appraise", **GROUND)
    async with office.database.reading() as session:
        assert [one.verb for _, one in await notices_of(session, expert)] == ["resume", "suspend"]
        jobs = await session.execute(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'tell-standing'"))
        assert jobs.scalar_one() == 2


async def test_a_gateway_that_is_away_is_tried_three_times_more_by_turns(office: Office) -> None:
    step = await suspended(office, await office.entered())
    sms, mail = Told(Outcome.AWAY), Told(Outcome.AWAY)
    for _ in range(6):
        notice = await told_of(office, step, sms=sms, mail=mail)
    assert (len(sms.parcels), len(mail.parcels)) == (2, 2)
    assert (notice.outcome, notice.sent_at) == ("away", None)
    async with office.database.work(SYSTEM) as work:
        await work.session.execute(text("UPDATE timers SET due_at = now() - interval '1 second' WHERE done_at IS NULL"))
    await run_due(office.database, {notices.AGAIN: tell_again})
    async with office.database.reading() as session:
        jobs = await session.execute(text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'tell-standing'"))
        assert jobs.scalar_one() == 4


async def test_who_has_no_address_is_told_on_the_own_page_alone(office: Office) -> None:
    step = await suspended(office, await office.entered(phone="", email=""))
    assert (await told_of(office, step, sms=Told(Outcome.SENT))).outcome == "kept"


async def objected(office: Office, actor: Actor, step: str, words: str = "当日住院，有证明") -> None:
    async with office.database.work(actor) as work:
        await object_to(work, office.keys, step, words)


async def test_an_expert_objects_once_within_sixty_days_and_the_office_reads_it(office: Office) -> None:
    expert, own = await an_expert(office)
    _, another = await an_expert(office)
    step = await suspended(office, expert.id)
    for actor, asked in ((another, step), (own, "nothing"), (own, "\0")):
        assert await refusal(objected(office, actor, asked)) == "objection.unknown"
    for words in (" ", "长" * 501):
        assert await refusal(objected(office, own, step, words)) == "objection.words"
    await objected(office, own, step)
    assert await refusal(objected(office, own, step)) == "objection.over"
    async with office.database.reading() as session:
        notice = await session.get_one(StandingNotice, step)
        [line] = (await session.scalars(select(Line).where(Line.event == "expert.objected"))).all()
    assert objection_of(office.keys, notice) == "当日住院，有证明" and "住院".encode() not in (
        notice.sealed_objection or b""
    )
    assert line.salt is not None and "住院" not in str(line.facts) and line.actor == own.id
    clerk = await office.visitor("pool1")
    assert "当日住院" in (await clerk.get(f"/pool/{expert.id}")).text


async def test_after_sixty_days_nobody_objects(office: Office) -> None:
    expert, own = await an_expert(office)
    step = await suspended(office, expert.id)
    async with office.database.work(SYSTEM) as work:
        await work.session.execute(update(StandingNotice).values(at=func.now() - TO_OBJECT))
    assert await refusal(objected(office, own, step)) == "objection.over"


async def test_the_own_page_shows_each_step_and_the_form_for_an_objection(office: Office) -> None:
    expert, _ = await an_expert(office)
    step = await suspended(office, expert.id)
    visitor = await office.visitor()
    assert (await visitor.sign_in(f"own{(expert.number or '')[-3:]}", LOGIN["password"])).status_code == 303
    shown = (await visitor.get("/expert")).text
    assert "两次无故缺席" in shown and f'value="{step}"' in shown
    refused = await visitor.post("/expert/objection", {"step": step, "private_words": " "}, "/expert")
    assert refused.status_code == 422 and "<details open>" in refused.text
    done = await visitor.post("/expert/objection", {"step": step, "private_words": "有证明"}, "/expert")
    assert done.status_code == 303 and "有证明" in (await visitor.get("/expert")).text
