"""Organisations are registered once, under a credit code whose check digit is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from stdnum.cn import uscc

from infra.auth.organisations import checked_credit_code, find_organisation, register
from infra.auth.tables import Organisation
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import PUBLIC, SYSTEM
from infra.kernel.problems import Problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GOOD = "91110000600037341L"

bodies = st.builds(
    "".join,
    st.tuples(
        st.text(ALPHABET, min_size=2, max_size=2),
        st.text("0123456789", min_size=6, max_size=6),
        st.text(ALPHABET, min_size=9, max_size=9),
    ),
)


@given(bodies)
def test_every_code_with_its_check_digit_is_taken_and_with_any_other_refused(body: str) -> None:
    right = uscc.calc_check_digit(body)
    assert checked_credit_code(body + right) == body + right
    for wrong in set(ALPHABET) - {right}:
        with pytest.raises(Problem, match=r"organisation.credit-code"):
            checked_credit_code(body + wrong)


@pytest.mark.parametrize(
    "written", ["91110000600037341l", " 9 1 110000 600037341L ", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_code_is_one_code_in_every_spelling(written: str) -> None:
    assert checked_credit_code(written) == GOOD


@pytest.mark.parametrize(
    "bad", ["", "91110000600037341", GOOD + "1", "9111000060003734IO", "91A10000600037341L", "\0" * 18]
)
def test_what_is_no_code_is_refused(bad: str) -> None:
    with pytest.raises(Problem, match=r"organisation.credit-code"):
        checked_credit_code(bad)


async def test_an_organisation_is_registered_once(database: Database) -> None:
    async with database.work(SYSTEM) as work:
        made = await register(work, GOOD.lower(), " 云湖建工集团有限公司 ", "990100")
    async with database.reading() as session:
        found = await find_organisation(session, "9111 0000 6000 37341l")
    assert found is not None
    assert (found.id, found.name, found.region) == (made.id, "云湖建工集团有限公司", "990100")
    with pytest.raises(Problem, match=r"organisation.known"):
        async with database.work(SYSTEM) as work:
            await register(work, GOOD, "另一家", "990100")


@pytest.mark.parametrize(
    ("name", "region", "reason"), [("  ", "990100", "organisation.name"), ("甲", "9901", "organisation.region")]
)
async def test_an_organisation_has_a_name_and_a_region(database: Database, name: str, region: str, reason: str) -> None:
    with pytest.raises(Problem, match=reason):
        async with database.work(SYSTEM) as work:
            await register(work, GOOD, name, region)


async def test_the_public_registers_nobody(database: Database) -> None:
    with pytest.raises(Problem, match=r"permission.denied"):
        async with database.work(PUBLIC) as work:
            await register(work, GOOD, "甲", "990100")


async def test_the_database_refuses_a_code_of_another_length(database: Database) -> None:
    with pytest.raises(IntegrityError, match="credit_code_length"):
        async with database.work(SYSTEM) as work:
            work.session.add(
                Organisation(id="org-1", credit_code="1" * 17, name="甲", region="990100", created_at=utc_now())
            )
