"""Forgeries of the signed list of names: who signed what, and whether the committee was whole."""

from typing import Any

from evidence_forging import facts, forgery
from evidence_log import SECTION, Scene, new_key
from evidence_scenes import DRAW, judges
from forged_openings import before

from expertpool.attendance.rules import list_message
from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, digest

CLERKS = ("centre", "supervisor")
LIST = digest("the sealed rows of the list")


def signed(scene: Scene, label: str, list_is: bytes = LIST) -> dict[str, str]:
    """A clerk's certificate and signature under a list."""
    certificate = scene.keys.certificate(new_key(f"clerk {label}"), f"{label}员", f"account-{label}")
    return {"certificate": b64(certificate), "signature": b64(sign_p256(new_key(f"clerk {label}"), message(list_is)))}


def message(list_is: bytes) -> bytes:
    return list_message(SECTION, list_is)


def listed(scene: Scene, **changed: Any) -> None:
    """Both sign the list of the three judges before anybody marks."""
    told = {"judges": len(judges()), "digest": LIST.hex(), "signatures": [signed(scene, one) for one in CLERKS]}
    before(scene, "marks.locked", "list.unlocked", DRAW, **(told | changed))


@forgery("signing.bad-signature")
def another_list_is_put_under_the_two_signatures(scene: Scene) -> None:
    listed(scene)
    facts(scene, "list.unlocked")["digest"] = digest("another list").hex()


@forgery("signing.bad-signature")
def the_supervising_bodys_signature_is_over_another_list(scene: Scene) -> None:
    listed(scene)
    facts(scene, "list.unlocked")["signatures"][1] = signed(scene, "supervisor", digest("another list"))


@forgery("evidence.list")
def one_clerk_signs_for_both(scene: Scene) -> None:
    listed(scene)
    both = facts(scene, "list.unlocked")["signatures"]
    both[1] = both[0]


@forgery("evidence.list")
def the_list_has_one_signature(scene: Scene) -> None:
    listed(scene)
    facts(scene, "list.unlocked")["signatures"].pop()


@forgery("evidence.list")
def a_judge_signs_the_list_for_the_supervising_body(scene: Scene) -> None:
    listed(scene)
    own = facts(scene, "judge.signed-in")["certificate"]
    mark = b64(sign_p256(new_key("judge J1"), message(LIST)))
    facts(scene, "list.unlocked")["signatures"][1] = {"certificate": own, "signature": mark}


@forgery("evidence.list")
def a_bidder_signs_the_list_for_the_supervising_body(scene: Scene) -> None:
    listed(scene)
    mark = b64(sign_p256(new_key("bidder B"), message(LIST)))
    facts(scene, "list.unlocked")["signatures"][1] = {
        "certificate": scene.bids["bid-b"]["certificate"], "signature": mark,
    }  # fmt: skip


@forgery("signing.not-certified")
def the_list_is_signed_under_a_foreign_authority(scene: Scene) -> None:
    listed(scene)
    foreign = type(scene.keys)("foreign").certificate(new_key("clerk supervisor"), "supervisor员", "account-supervisor")
    facts(scene, "list.unlocked")["signatures"][1]["certificate"] = b64(foreign)


@forgery("evidence.list")
def the_list_is_unlocked_before_the_last_judge_has_signed_in(scene: Scene) -> None:
    listed(scene)
    scene.move("list.unlocked", "judge.signed-in")


@forgery("evidence.list")
def the_list_counts_a_judge_who_never_came(scene: Scene) -> None:
    listed(scene)
    facts(scene, "list.unlocked")["judges"] = 6


@forgery("evidence.list")
def the_list_is_of_a_draw_that_never_was(scene: Scene) -> None:
    listed(scene)
    scene.event("list.unlocked").subject = f"{SECTION}/9"
