"""Registration 主体入库 by the pages: apply, be reviewed, be told why, act; and who may see what meanwhile."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from registration_scene import PASSWORD, Desk, Visitor, a_code, an_application, at_the_desk, in_days
from sqlalchemy import update

from infra.auth.registration.queries import PAGE
from infra.auth.registration.tables import OrganisationVersion
from infra.db.work import Database
from infra.kernel.context import SYSTEM

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with at_the_desk(database) as found:
        yield found


async def change(visitor: Visitor, **changes: str) -> str:
    """Hand in a change of one's own body's profile; what the page answers."""
    code = re.search(r'name="credit_code"[^>]*value="([^"]+)"', (await visitor.get("/company/change")).text)
    assert code
    answer = await visitor.post("/company/change", an_application(**({"credit_code": code[1]} | changes)))
    return "" if answer.status_code == 303 else answer.text


async def test_from_application_to_an_account_that_can_act(desk: Desk) -> None:
    applicant, clerk = await desk.applied(), await desk.clerk()
    assert "审核中" in (await applicant.get("/company")).text
    assert (await clerk.accept(await clerk.first_waiting())).status_code == 303
    signed_in = await desk.visitor("zhao")
    text = (await signed_in.get("/company")).text
    assert "生效" in text and "云湖新建设有限公司" in text
    assert (await signed_in.get("/company/people/new")).status_code == 200


async def test_an_applicant_sees_the_application_and_nothing_that_needs_a_role(desk: Desk) -> None:
    applicant = await desk.applied()
    assert (await applicant.get("/company")).status_code == 200
    assert "查看进度" in (await applicant.get("/account")).text
    for path in ("/company/people/new", "/centre/registrations", "/projects", "/bids"):
        assert (await applicant.get(path)).headers["location"].startswith("/account/role?next="), path
    assert "该账号还没有角色" in (await applicant.get("/account/role?next=%2Fbids")).text
    assert (await applicant.http.get("/api/signing-keys")).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("credit_code", "91110000600037341X", "不是有效的统一社会信用代码"),
        ("region", "42", "不是六位行政区划代码"),
        ("name", "", "此处不能为空"),
        ("kind_bidder", "", "没有选择角色"),
        ("licence_number_0", "", "这一行资质没有填完整"),
        ("licence_valid_until_0", "2020-01-01", "到期"),
        ("mandate_until", "2020-01-01", "不在今天起五年以内"),
        ("login", "a b", "不能用作登录名"),
        ("login", "clerk", "已被使用"),
        ("password", "short", "密码须有"),
        ("consent", "", "尚未勾选"),
        ("centre", "110000", "请选择受理的交易中心"),
    ],
)
async def test_a_refused_application_comes_back_filled_and_says_why_above_and_at_the_field(
    desk: Desk, field: str, value: str, shown: str
) -> None:
    visitor = await desk.stranger()
    answer = await visitor.post("/register", an_application(**{field: value}))
    assert answer.status_code in (409, 422)
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert answer.text.count(shown) >= 2
    assert 'value="云湖市滨江路 8 号"' in answer.text
    assert PASSWORD not in answer.text
    href = re.search(r'class="errsum".*?href="#([\w-]+)"', answer.text, re.S)
    assert href and f'id="{href[1]}"' in answer.text


async def test_several_mistakes_are_told_at_once(desk: Desk) -> None:
    visitor = await desk.stranger()
    answer = await visitor.post("/register", an_application(name="", contact_phone="x", mandate_until="x"))
    assert len(re.findall(r'aria-invalid="true"', answer.text)) == 3


async def test_a_further_row_of_licences_keeps_what_was_typed(desk: Desk) -> None:
    visitor = await desk.stranger()
    answer = await visitor.post("/register", an_application(add_row="yes"))
    assert answer.status_code == 200
    assert 'name="licence_name_2"' in answer.text and "云湖市滨江路 8 号" in answer.text


async def test_a_registered_code_is_refused_without_a_word_about_its_people(desk: Desk) -> None:
    code = a_code()
    await desk.a_body(credit_code=code, person_name="机密甲", name="保密单位")
    answer = await (await desk.stranger()).post("/register", an_application(credit_code=code, login="rival"))
    assert answer.status_code == 409
    assert "请由该单位的授权代表添加您" in answer.text
    assert "机密甲" not in answer.text and "保密单位" not in answer.text


async def test_a_returned_application_shows_each_reason_and_is_mended_in_the_same_form(desk: Desk) -> None:
    applicant, clerk = await desk.applied(), await desk.clerk()
    version = await clerk.first_waiting()
    answer = await clerk.give_back(version, licences="证书编号与名称不符", whole="请一周内补正")
    assert answer.status_code == 303
    for path in ("/company", "/company/change"):
        text = (await applicant.get(path)).text
        assert "证书编号与名称不符" in text and "请一周内补正" in text
    assert await change(applicant, licence_number_0="D242000002") == ""
    second = await clerk.first_waiting()
    text = (await clerk.get(f"/centre/registrations/{second}")).text
    assert "D242000001" in text and "D242000002" in text
    assert (await clerk.accept(second)).status_code == 303


async def test_a_return_without_a_reason_is_refused_and_keeps_what_was_written(desk: Desk) -> None:
    await desk.applied()
    clerk = await desk.clerk()
    version = await clerk.first_waiting()
    assert "退回须写明理由" in (await clerk.give_back(version)).text
    answer = await clerk.give_back(version, name="理由一", address="x" * 501)
    assert answer.status_code == 422 and 'value="理由一"' in answer.text


async def test_a_change_is_shown_beside_the_version_in_force_to_both_sides(desk: Desk) -> None:
    body, clerk = await desk.a_body(), await desk.clerk()
    assert await change(body, legal_representative="钱进") == ""
    version = await clerk.first_waiting()
    for text in ((await clerk.get(f"/centre/registrations/{version}")).text, (await body.get("/company")).text):
        assert re.search(r"<del>.*?赵明.*?</del>", text, re.S)
        assert re.search(r"<ins>.*?钱进.*?</ins>", text, re.S)
    assert "现行版本继续有效" in (await body.get("/company")).text
    assert "已有一个版本正在审核" in await change(body)


async def test_a_version_is_taken_back_by_its_own_people(desk: Desk) -> None:
    applicant, clerk = await desk.applied(), await desk.clerk()
    version = await clerk.first_waiting()
    assert (await applicant.post("/company/withdrawal", {}, "/company")).status_code == 303
    assert await clerk.waiting() == []
    answer = await clerk.http.get(f"/centre/registrations/{version}")
    assert "申请人已撤回" in answer.text and "acceptance" not in answer.text


async def test_a_strangers_version_and_another_regions_are_not_to_be_found(desk: Desk) -> None:
    await desk.applied()
    version = await (await desk.clerk()).first_waiting()
    abroad = await desk.clerk("abroad", "110000")
    assert await abroad.waiting() == []
    for path in (version, "version-none"):
        assert (await abroad.get(f"/centre/registrations/{path}")).status_code == 404
    body = await desk.a_body("qian", credit_code=a_code())
    assert (await body.get("/centre/registrations")).status_code == 403


async def test_duplicates_are_hinted_at_and_do_not_hinder(desk: Desk) -> None:
    await desk.applied(login="a1", name="甲公司")
    await desk.applied(login="b2", name="乙公司")
    clerk = await desk.clerk()
    version = await clerk.first_waiting()
    text = (await clerk.get(f"/centre/registrations/{version}")).text
    assert "存在相似的登记" in text and "法定代表人相同" in text and "联系电话相同" in text
    assert (await clerk.accept(version)).status_code == 303


async def test_the_queue_is_paged_and_filtered_and_says_so_when_it_is_empty(desk: Desk) -> None:
    clerk = await desk.clerk()
    assert "没有待审核的申请" in (await clerk.get("/centre/registrations")).text
    assert "没有符合筛选条件的版本" in (await clerk.get("/centre/registrations?state=returned&kind=agent")).text
    await desk.applied()
    async with desk.database.work(SYSTEM) as work:
        sample = await work.session.get_one(OrganisationVersion, await clerk.first_waiting())
        copied = {name: getattr(sample, name) for name in ("state", "kinds", "phone", "profile", "submitted_by")}
        for number in range(PAGE):
            work.session.add(
                OrganisationVersion(
                    id=f"version-x{number}", series=f"s{number}", number=1, credit_code=a_code(), region=sample.region,
                    legal_representative="x", submitted_at=work.ctx.now, **copied,
                )
            )  # fmt: skip
    assert len(await clerk.waiting()) == PAGE
    second = (await clerk.get("/centre/registrations?page=2")).text
    assert len(set(re.findall(r"/centre/registrations/(version-\w+)", second))) == 1
    assert "第 2 / 2 页" in second


async def test_an_answer_that_is_late_is_marked(desk: Desk) -> None:
    await desk.applied()
    async with desk.database.work(SYSTEM) as work:
        await work.session.execute(update(OrganisationVersion).values(submitted_at=work.ctx.now.replace(year=2025)))
    assert "已超时" in (await (await desk.clerk()).get("/centre/registrations")).text


async def test_people_are_authorised_extended_and_ended_by_the_body(desk: Desk) -> None:
    body = await desk.a_body()
    person = {"name": "钱工", "login": "qian", "password": PASSWORD, "role": "bidder", "scope": "投标"}
    answer = await body.post("/company/people", person | {"until": "2020-01-01"}, "/company/people/new")
    assert answer.status_code == 422 and "不在今天起五年以内" in answer.text
    answer = await body.post("/company/people", person | {"until": in_days(20)}, "/company/people/new")
    assert answer.status_code == 303
    other = await desk.visitor("qian")
    assert (await other.get("/company")).status_code == 200
    text = (await body.get("/company")).text
    assert text.count("tag--warn") >= 1, "a mandate that ends within thirty days is marked"
    paths = re.findall(r"/company/people/(member-\w+)", text)
    pages = {path: (await body.get(f"/company/people/{path}")).text for path in paths}
    [theirs] = [path for path, page in pages.items() if "钱工" in page]
    extended = await body.post(f"/company/people/{theirs}", {"scope": "全部", "until": in_days(90)})
    assert extended.status_code == 303
    ended = await body.post(f"/company/people/{theirs}/ending", {}, f"/company/people/{theirs}")
    assert ended.status_code == 303
    assert (await other.get("/company/people/new")).headers["location"].startswith("/account/role")
    [own] = [path for path in paths if path != theirs]
    answer = await body.post(f"/company/people/{own}/ending", {}, f"/company/people/{own}")
    assert answer.status_code == 409 and "最后一位" in answer.text
    longer = await body.post(f"/company/people/{own}", {"scope": "x", "until": in_days(9)}, f"/company/people/{theirs}")
    assert longer.status_code == 409


async def test_a_strangers_mandate_page_is_not_to_be_found(desk: Desk) -> None:
    body, rival = await desk.a_body(), await desk.a_body("rival")
    [own] = set(re.findall(r"/company/people/(member-\w+)", (await body.get("/company")).text))
    assert (await rival.get(f"/company/people/{own}")).status_code == 404


async def test_whoever_is_signed_in_has_no_second_application(desk: Desk) -> None:
    body = await desk.a_body()
    assert (await body.get("/register")).headers["location"] == "/company"
    clerk = await desk.clerk()
    assert (await clerk.get("/company")).status_code == 404
