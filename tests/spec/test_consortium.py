"""A consortium 联合体 in the opening form (TBL 31): read strictly, told in the record, nobody twice in one section (IR 37)."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from envelopes import Envelope, an_envelope, submitted
from scenes import Hall
from stdnum.cn import uscc

from infra.crypto.manifest import bidder_line
from infra.crypto.seal import seal_bytes
from infra.edge import random_bytes
from infra.kernel.canonical import canonical, read
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.consortium import AGREEMENT, Read, record_notes
from trading.opening.form import make_form, read_form
from trading.sections.states import SectionState


def a_code(number: int) -> str:
    stem = f"91420500MA49{number:05d}"
    return stem + str(uscc.calc_check_digit(stem))


JOINT: Mapping[str, Any] = {
    "share": "66.5",
    "work": "土建",
    "members": [
        {"name": "云湖市机电安装有限公司", "code": a_code(1), "share": "30", "work": "机电安装"},
        {"name": "云湖市装饰有限公司", "code": a_code(2), "share": "3.5", "work": "装饰"},
    ],
}
FAULTS: list[tuple[str, str, Any]] = [
    ("consortium", "members", {}),
    ("consortium", "more", "x"),
    ("members", "members", []),
    ("members", "members", [{**JOINT["members"][0], "code": a_code(n), "share": "1"} for n in range(3, 13)]),
    ("members[0]", "members.0", {"name": "甲"}),
    ("members[0].name", "members.0.name", "  "),
    ("members[0].name", "members.0.name", "x" * 201),
    ("members[1].name", "members.1.name", "甲\x00"),
    ("members[1].code", "members.1.code", a_code(2)[:-1] + ("0" if a_code(2)[-1] != "0" else "1")),
    ("members[1].code", "members.1.code", a_code(2).lower()),
    ("members[1].code", "members.1.code", 7),
    ("members.code", "members.1.code", a_code(1)),
    ("work", "work", ""),
    ("members[0].work", "members.0.work", "甲\n"),
    ("share", "share", "0"),
    ("share", "share", "66.50 "),
    ("share", "share", "066.5"),
    ("share", "share", "66.501"),
    ("share", "share", 66.5),
    ("share", "share", "66.49"),
    ("share", "share", "100"),
    ("members[1].share", "members.1.share", "0.00"),
    ("members[1].share", "members.1.share", "-3.5"),
    ("members[1].share", "members.1.share", "３.5"),
]
"""The field that is refused, where it is changed, what it is changed to."""


def changed(place: str, value: Any) -> dict[str, Any]:
    """The joint bid with one value replaced."""
    found: Any = deepcopy(dict(JOINT))
    *way, last = place.split(".")
    at = found
    for step in way:
        at = at[int(step) if step.isdigit() else step]
    at[int(last) if last.isdigit() else last] = value
    return dict(found)


def test_a_form_with_a_consortium_is_read_back() -> None:
    assert read_form(make_form("1.00", "300", "合格", "王", JOINT))["consortium"] == JOINT


@pytest.mark.parametrize(("field", "place", "value"), FAULTS)
def test_a_consortium_that_is_not_as_the_format_says_is_refused_with_its_field(
    field: str, place: str, value: Any
) -> None:
    form = read(make_form("1.00", "300", "合格", "王"))
    data = canonical({**form, "consortium": changed(place, value)}) if value != 66.5 else None
    if data is None:
        data = make_form("1.00", "300", "合格", "王", JOINT).replace(b'"66.5"', b"66")
    with pytest.raises(Problem) as told:
        read_form(data)
    assert (told.value.code, told.value.facts["field"]) == ("opening-form.consortium", field)


def a_bid(bid: str, code: int, *members: int, agreement: bool | None = None, shut: bool = False) -> Read:
    parts = ["commercial"] + ([AGREEMENT] if (bool(members) if agreement is None else agreement) else [])
    joint = {"consortium": {"members": [{"code": a_code(one)} for one in members]}} if members else {}
    return Read(bid, a_code(code), None if shut else {"price": "1.00", **joint}, parts)


def test_a_member_that_also_bids_by_itself_is_told_at_both_bids() -> None:
    notes = record_notes([a_bid("A", 1, 7, 8), a_bid("B", 8), a_bid("C", 3)])
    assert notes == {"A": {"apart": [a_code(8)]}, "B": {"apart": [a_code(8)]}}


def test_a_member_of_two_consortia_is_told_at_both_bids() -> None:
    notes = record_notes([a_bid("A", 1, 7), a_bid("B", 2, 7, 9), a_bid("C", 3, 4)])
    assert notes == {"A": {"apart": [a_code(7)]}, "B": {"apart": [a_code(7)]}}


def test_a_bid_that_was_not_read_out_still_stands_in_its_bidder_s_name() -> None:
    assert record_notes([a_bid("A", 1, 7), a_bid("B", 7, shut=True)])["B"] == {"apart": [a_code(7)]}


def test_a_consortium_without_its_agreement_and_an_agreement_of_nobody_are_told() -> None:
    notes = record_notes([a_bid("A", 1, 7, agreement=False), a_bid("B", 2, agreement=True), a_bid("C", 3, 4)])
    assert notes == {"A": {"agreement": "missing"}, "B": {"agreement": "unexpected"}}


async def jointly(hall: Hall, section: str, login: str, member: int) -> Envelope:
    """A consortium's bid, sealed with its agreement."""
    joint = {**JOINT, "share": "60", "members": [{**JOINT["members"][0], "code": a_code(member), "share": "40"}]}
    whole = await an_envelope(hall, section, login, form=make_form("9400000.00", "300", "合格", "王", joint))
    line = bidder_line(whole.manifest.bidder_salt, hall.bodies[login].credit_code)
    keyset = await hall.keyset(section)
    container, sealed = seal_bytes(b"%PDF-1.7 agreement", keyset, AGREEMENT, line, None, random_bytes)
    parts = tuple(sorted([*whole.manifest.parts, sealed.entry(AGREEMENT)], key=lambda one: one.part))
    made = whole.resigned(hall.signers[login], parts=parts)
    return Envelope(made.manifest, {**whole.containers, AGREEMENT: container}, made.signature, made.certificate)


@pytest.mark.soak
async def test_the_opening_record_names_who_stands_in_two_bids_of_the_section(hall: Hall) -> None:
    section = await hall.a_tender(8)
    bids = {
        login: (await submitted(hall, section, login, await jointly(hall, section, login, member))).id
        for login, member in (("bidder1", 7), ("bidder2", 7), ("bidder3", 9))
    }
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(section, SectionState.OPENED)
    [line] = await hall.lines(Event.SECTION_OPENED, section=section)
    rows = {row["bid"]: row for row in line.facts["record"]}
    assert {login: rows[bid].get("apart") for login, bid in bids.items()} == {
        "bidder1": [a_code(7)], "bidder2": [a_code(7)], "bidder3": None,
    }  # fmt: skip
    assert rows[bids["bidder3"]]["form"]["consortium"]["members"][0]["code"] == a_code(9)
    async with await hall.client() as public:
        for page in (f"/en/sections/{section}", f"/en/sections/{section}/opening-record"):
            told = (await public.get(page)).text
            assert f"Also stands in another bid of this section: {a_code(7)}." in told, page
            assert told.count(a_code(9)) == 1 and "lead 60 %" in told, page
