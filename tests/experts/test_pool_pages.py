"""The pool by its pages: apply, two reviews, an expert's page, its versions, its standing."""

import re
from dataclasses import replace

import pytest
from pool_scene import Office, a_profile, an_application, an_identity
from registration_scene import Visitor
from sqlalchemy import func, select

from expertpool.experts.tables import ExpertApplication
from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.auth.tables import KeptInput
from web.problems import sentences

pytestmark = pytest.mark.soak

FORM = "/experts/application"


async def handed_in(office: Office, **changes: str) -> str:
    """The answer to an application: where it leads, or the page."""
    answer = await (await office.visitor()).post(FORM, an_application(**changes))
    return answer.headers.get("location", answer.text)


async def first_waiting(clerk: Visitor) -> str:
    """The path of the first application in the queue."""
    found = re.search(
        r'href="(/pool/applications/application-[a-z0-9]+)"', (await clerk.get("/pool/applications")).text
    )
    assert found
    return found[1]


async def test_from_application_through_two_reviews_to_the_experts_page(office: Office) -> None:
    assert await handed_in(office) == "/experts/application/received"
    first, second = await office.visitor("pool1"), await office.visitor("pool2")
    path = await first_waiting(first)
    assert (await first.post(f"{path}/first", {}, path)).status_code == 303
    assert "须由另一位工作人员审核" in (await first.get(path)).text
    assert (await second.post(f"{path}/second", {}, path)).status_code == 303
    found = re.search(r'href="(/pool/expert-[a-z0-9]+)"', (await second.get(path)).text)
    assert found
    text = (await second.get(found[1])).text
    assert "陆知远" in text and "在库" in text and re.search(r"E-429900-\d{6}", text)


async def test_whoever_applies_reads_the_same_answer(office: Office) -> None:
    known = a_profile()
    await office.entered(**vars(known))
    number = known.identity.partition(":")[2]
    twin, stranger = await handed_in(office, private_identity=number), await handed_in(office)
    assert twin == stranger == "/experts/application/received"
    page = await (await office.visitor()).get("/experts/application/received")
    assert page.status_code == 200 and number not in page.text


async def test_the_reviewers_are_told_of_a_twin(office: Office) -> None:
    known = a_profile()
    expert = await office.expert(await office.entered(**vars(known)))
    await handed_in(office, private_identity=known.identity.partition(":")[2])
    clerk = await office.visitor("pool1")
    text = (await clerk.get(await first_waiting(clerk))).text
    assert "该身份已在此登记" in text and str(expert.number) in text


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("private_identity", "429900197001010000", "校验码不正确"),
        ("private_identity", "1234", "身份标识不合格式"),
        ("private_name", "", "姓名为空"),
        ("private_employer", "91429900MA0000777X", "统一社会信用代码不正确"),
        ("years", "7", "须满 8 年"),
        ("title", "", "没有选择职称"),
        ("professions", "A0899", "专业分类中没有这些代码"),
        ("profession_A08", "", "专业"),
        ("region", "110101", "没有专家库管理机构"),
        ("private_tie_code_0", "91", "利害关系这一行没有填对"),
        ("consent_calls", "", "尚未勾选全部同意事项"),
    ],
)
async def test_a_refused_application_comes_back_filled_and_says_why_above_and_at_the_field(
    office: Office, field: str, value: str, shown: str
) -> None:
    answer = await (await office.visitor()).post(FORM, an_application(**{field: value}))
    assert answer.status_code == 422
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert answer.text.count(shown) >= 2
    assert 'value="云湖市设计院（示例）"' in answer.text
    href = re.search(r'class="errsum".*?href="#([\w-]+)"', answer.text, re.S)
    assert href and f'id="{href[1]}"' in answer.text


@pytest.mark.parametrize(
    ("row", "field", "shown"),
    [
        (("", "N-1", ""), "certificate_kind_0", "registration.text"),
        (("注册造价工程师", " ", "2030-01-31"), "private_certificate_number_0", "registration.text"),
        (("注册造价工程师", "9" * 81, ""), "private_certificate_number_0", "registration.text"),
        (("注册造价工程师", "N-1", "2030-02-30"), "certificate_until_0", "registration.day"),
        (("", "", "2030-01-31"), "certificate_kind_0", "registration.text"),
    ],
    ids=["no kind", "no number", "a number too long", "no such day", "a day alone"],
)
async def test_each_field_of_a_certificate_is_refused_at_its_own_place(
    office: Office, row: tuple[str, str, str], field: str, shown: str
) -> None:
    names = ("certificate_kind_0", "private_certificate_number_0", "certificate_until_0")
    answer = await (await office.visitor()).post(FORM, an_application(**dict(zip(names, row, strict=True))))
    assert answer.status_code == 422
    href = re.search(r'class="errsum".*?href="#([\w-]+)"', answer.text, re.S)
    assert href and href[1] == field and f'id="{field}"' in answer.text
    assert sentences()[shown].zh[0].partition("{")[0] in answer.text


async def test_a_further_row_is_given_without_losing_what_was_typed(office: Office) -> None:
    answer = await (await office.visitor()).post(FORM, an_application(add_row="ties"))
    assert 'id="private_tie_code_2"' in answer.text and 'value="陆知远"' in answer.text
    async with office.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ExpertApplication)) == 0


async def test_a_change_by_the_form_is_a_version_that_the_page_shows_beside_the_one_before(office: Office) -> None:
    profile = a_profile()
    expert = await office.entered(**vars(profile))
    clerk, path = await office.visitor("pool1"), f"/pool/{expert}"
    typed = an_application(private_identity=profile.identity.partition(":")[2], years="15", private_reason="满十五年")
    assert (await clerk.post(f"{path}/change", typed)).status_code == 303
    text = (await clerk.get(f"{path}/versions")).text
    assert "满十五年" in text and "<ins" in text and "与日志指纹一致" in text
    refused = await clerk.post(f"{path}/change", typed | {"private_reason": " ", "years": "16"})
    assert refused.status_code == 422 and refused.text.count("须写明理由") >= 2


@pytest.mark.parametrize(
    ("acts", "shown"),
    [
        (("suspension",), "暂停"),
        (("suspension", "resumption"), "解除暂停"),
        (("removal",), "已出库"),
        (("appraisal",), "年度考核合格"),
    ],
)
async def test_requirement_18_each_step_says_what_follows_before_it_is_taken(
    office: Office, acts: tuple[str, ...], shown: str
) -> None:
    path = f"/pool/{await office.entered()}"
    clerk = await office.visitor("pool1")
    for act in acts:
        page = (await clerk.get(f"{path}/standing/{act}")).text
        assert 'class="notice notice--warn consequence"' in page and "autofocus" not in page
        told = {"basis": "TBR 71", "private_reason": "两次无故缺席"}
        assert (await clerk.post(f"{path}/standing/{act}", told)).status_code == 303
    assert shown in (await clerk.get(path)).text


async def test_a_step_without_reason_or_with_a_wrong_day_is_refused_at_its_field(office: Office) -> None:
    path = f"/pool/{await office.entered()}/standing/suspension"
    clerk = await office.visitor("pool1")
    blank = await clerk.post(path, {"basis": "TBR 71", "private_reason": " "})
    assert blank.status_code == 422 and 'href="#private_reason"' in blank.text
    past = await clerk.post(path, {"basis": "TBR 71", "private_reason": "缺席", "until": "2020-01-01"})
    assert past.status_code == 422 and 'href="#until"' in past.text


async def test_somebody_removed_is_not_admitted_again_by_one_form(office: Office) -> None:
    expert = await office.entered()
    clerk, told = await office.visitor("pool1"), {"basis": "TBR 71", "private_reason": "收受财物"}
    await clerk.post(f"/pool/{expert}/standing/removal", told)
    answer = await clerk.post(f"/pool/{expert}/standing/readmission", told)
    assert answer.status_code == 409 and "须重新申请入库" in answer.text
    assert (await office.expert(expert)).state == "removed"


async def test_a_step_that_nobody_knows_is_no_page(office: Office) -> None:
    expert = await office.entered()
    clerk = await office.visitor("pool1")
    assert (await clerk.get(f"/pool/{expert}/standing/promotion")).status_code == 404


async def test_the_pool_is_seen_by_its_own_office_alone(office: Office) -> None:
    application, expert = await office.applied(), await office.entered()
    paths = ["/pool/applications", f"/pool/applications/{application}", f"/pool/{expert}", f"/pool/{expert}/versions"]
    paths += [f"/pool/{expert}/change", f"/pool/{expert}/standing/suspension", "/pool/appraisals"]
    centre, elsewhere = await office.visitor("centre1"), await office.visitor("pool3")
    for path in paths:
        assert (await centre.get(path)).status_code == 403, path
        answer = await elsewhere.get(path)
        assert answer.status_code in (200, 404) and "陆知远" not in answer.text, path
        assert (answer.status_code == 200) == (path in ("/pool/applications", "/pool/appraisals")), path


async def test_every_look_at_a_person_is_recorded_and_no_page_shows_a_whole_number(office: Office) -> None:
    profile = replace(a_profile(), identity=f"resident:{an_identity()}")
    expert, application = await office.entered(**vars(profile)), await office.applied()
    clerk = await office.visitor("pool1")
    for path in (f"/pool/{expert}", f"/pool/{expert}/versions", f"/pool/applications/{application}"):
        text = (await clerk.get(path)).text
        assert profile.identity.partition(":")[2] not in text, path
    async with office.database.reading() as session:
        looks = (await session.scalars(select(AccessLine.subject).where(AccessLine.read == Read.EXPERT))).all()
    assert set(looks) == {expert, application}


async def test_requirement_01_what_is_personal_is_not_kept_when_a_session_ends(office: Office) -> None:
    expert = await office.entered()
    clerk = await office.visitor("pool1")
    path = f"/pool/{expert}/change"
    await clerk.get(path)
    clerk.http.cookies.delete("session")
    token = {"form_token": "0" * 64, "form_page": path}
    await clerk.http.post(path, data=an_application() | token)
    async with office.database.reading() as session:
        kept = (await session.scalars(select(KeptInput.fields))).all()
    assert not any("陆知远" in str(one) or "13800001234" in str(one) for one in kept)
