"""One table says who may do what, and nobody may do everything."""

import pytest

from infra.auth.permissions import ADMINISTRATIVE, PERMISSIONS, may, require
from infra.auth.tables import ADMINISTRATORS, GRANTABLE
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem


def verbs(role: Role) -> set[str]:
    return {verb for verb, roles in PERMISSIONS.items() if role in roles}


def test_every_verb_has_a_role_and_the_form_noun_verb() -> None:
    assert all(roles and verb.count(".") == 1 for verb, roles in PERMISSIONS.items())


def test_no_role_may_do_everything_nor_most_things() -> None:
    assert all(2 * len(verbs(role)) < len(PERMISSIONS) for role in Role)


def test_the_public_may_do_nothing_that_is_guarded() -> None:
    assert verbs(Role.PUBLIC) == set()


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_takes_no_part_in_a_tender(role: Role) -> None:
    assert verbs(role) <= ADMINISTRATIVE
    assert not {verb for verb in verbs(role) if verb.startswith(("bid.", "section.", "marks.", "draw.", "notice."))}


def test_no_verb_belongs_to_two_kinds_of_administrator() -> None:
    for roles in PERMISSIONS.values():
        assert len(roles & ADMINISTRATORS) <= 1


def test_only_bidders_touch_bids_and_only_judges_mark() -> None:
    for verb in ("bid.submit", "bid.replace", "bid.withdraw"):
        assert PERMISSIONS[verb] == {Role.BIDDER}
    assert PERMISSIONS["marks.lock"] == {Role.JUDGE}


@pytest.mark.parametrize("role", sorted(GRANTABLE))
def test_a_refusal_names_verb_and_role(role: Role) -> None:
    actor = Actor("account-1", role)
    for verb in PERMISSIONS:
        if may(actor, verb):
            require(actor, verb)
        else:
            with pytest.raises(Problem, match=f"permission.denied: verb={verb}, role={role}"):
                require(actor, verb)
