"""The evidence file as a file: one byte form, a complete index, keys from elsewhere, nothing changed anywhere."""

import random
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

import pytest
from evidence_scenes import a_scene, an_evidence, the_policy

from infra.kernel.canonical import b64, canonical, read
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from trading.archive.bundle import INDEX, SEAL, index_of, pack, unpack
from trading.archive.verify import verify_evidence

FLIPS_OF_THE_FILE = 400
FLIPS_OF_A_MEMBER = 25


def refusal(data: bytes, policy: Policy | None) -> Problem:
    """What the verifier says no with; it always says where."""
    with pytest.raises(Problem) as caught:
        list(verify_evidence(data, policy))
    assert caught.value.facts["where"]
    return caught.value


def flipped(data: bytes, bit: int) -> bytes:
    """The data with one bit turned over."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def repacked(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The honest file with its members changed and packed in proper form, index and seal as they were."""
    members = unpack(an_evidence())
    change(members)
    return pack(members)


def test_an_honest_file_holds_in_every_step() -> None:
    steps = list(verify_evidence(an_evidence(), the_policy()))
    assert [step.name for step in steps] == [
        "zip", "index", "policy", "log", "members", "tender", "bids", "closing", "opening", "record", "draw", "committee",
        "marks", "evaluation", "report", "result", "page",
    ]  # fmt: skip
    told = {name: value for step in steps for name, value in step.facts.items()}
    assert (told["submitted"], told["listed"], told["opened"], told["unopened"]) == (6, 4, 3, 1)
    assert told["order"] == ["bid-b", "bid-c", "bid-a2"]


def test_without_a_policy_from_elsewhere_the_file_is_judged_by_its_own_keys() -> None:
    policy = next(step for step in verify_evidence(an_evidence(), None) if step.name == "policy")
    assert policy.facts["own"]


def test_no_bit_of_the_file_can_change() -> None:
    data, dice = an_evidence(), random.Random(7)
    edges = [*range(30 * 8), *range(len(data) * 8 - 22 * 8, len(data) * 8)]
    for bit in [*dice.sample(range(len(data) * 8), FLIPS_OF_THE_FILE), *dice.sample(edges, 60)]:
        assert refusal(flipped(data, bit), the_policy()).code.startswith("evidence.")


def test_no_bit_of_the_central_directory_can_change() -> None:
    data = an_evidence()
    directory = data.index(b"PK\1\2")
    for bit in range(directory * 8, (directory + 80) * 8):
        assert refusal(flipped(data, bit), the_policy()).code == "evidence.zip"


@pytest.mark.parametrize("name", sorted(unpack(an_evidence())))
def test_no_bit_of_a_member_can_change_even_in_a_proper_file(name: str) -> None:
    dice = random.Random(name)
    content = unpack(an_evidence())[name]
    for bit in dice.sample(range(len(content) * 8), FLIPS_OF_A_MEMBER * (3 if name == SEAL else 1)):
        found = refusal(repacked(lambda members, bit=bit: members.update({name: flipped(content, bit)})), the_policy())
        assert name in found.facts["where"] or name in (INDEX, SEAL)


@pytest.mark.parametrize("name", sorted(set(unpack(an_evidence())) - {INDEX, SEAL}))
def test_a_removed_member_is_missed_by_name(name: str) -> None:
    found = refusal(repacked(lambda members: members.pop(name)), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-missing", name)


@pytest.mark.parametrize("name", [INDEX, SEAL])
def test_without_index_or_seal_nothing_holds(name: str) -> None:
    found = refusal(repacked(lambda members: members.pop(name)), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-missing", name)


def test_an_added_member_is_not_in_the_index() -> None:
    found = refusal(repacked(lambda members: members.update({"bids/extra.json": b"{}"})), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-unlisted", "bids/extra.json")


def test_a_renamed_member_is_missed() -> None:
    found = refusal(repacked(lambda members: members.update({"draw-2.json": members.pop("draw-1.json")})), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-missing", "draw-1.json")


def test_a_member_stands_once() -> None:
    members = unpack(an_evidence())
    sink = BytesIO(pack(members))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(sink, "a") as file:
        file.writestr("policy.txt", members["policy.txt"])
    assert refusal(sink.getvalue(), the_policy()).code == "evidence.zip"


@pytest.mark.parametrize("foreign", [b"\0", b"PK", b"comment"])
def test_nothing_may_stand_before_or_after_the_archive(foreign: bytes) -> None:
    assert refusal(an_evidence() + foreign, the_policy()).code == "evidence.zip"
    assert refusal(foreign + an_evidence(), the_policy()).code == "evidence.zip"


@pytest.mark.parametrize("data", [b"", b"PK\5\6", b"not a zip", an_evidence()[:5000], pack({})])
def test_what_is_no_evidence_file_is_refused(data: bytes) -> None:
    assert refusal(data, the_policy()).code in ("evidence.zip", "evidence.member-missing")


def test_a_new_index_for_changed_members_is_not_the_sealed_one() -> None:
    def change(members: dict[str, bytes]) -> None:
        members["policy.txt"] += b"# comment\n"
        members[INDEX] = index_of(members)

    assert refusal(repacked(change), the_policy()).code == "evidence.seal"


def test_a_seal_of_another_index_is_refused() -> None:
    scene = a_scene()
    scene.sealed_index = sha256(b"another").digest()
    assert refusal(scene.evidence(), the_policy()).code == "evidence.seal"


def test_an_index_that_lists_more_than_members_is_refused() -> None:
    def change(members: dict[str, bytes]) -> None:
        stated = read(members[INDEX])
        members[INDEX] = canonical(stated | {"format": "evidence/v2"})

    found = refusal(repacked(change), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-changed", INDEX)


def test_a_file_rebuilt_with_foreign_keys_is_not_judged_by_them() -> None:
    found = refusal(an_evidence("elsewhere"), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.policy-differs", "policy.txt")
    assert list(verify_evidence(an_evidence("elsewhere"), None))


def test_a_file_rebuilt_with_foreign_keys_under_the_true_policy_has_no_true_signature() -> None:
    scene = a_scene("elsewhere")
    scene.override["policy.txt"] = unpack(an_evidence())["policy.txt"]
    assert refusal(scene.evidence(), the_policy()).code == "log.unknown-key"


def test_comments_and_order_of_a_policy_do_not_matter() -> None:
    scene = a_scene()
    lines = unpack(an_evidence())["policy.txt"].decode().splitlines()
    scene.override["policy.txt"] = ("# published\n" + "\n".join([*lines[1:], lines[0]]) + "\n").encode()
    assert list(verify_evidence(scene.evidence(), the_policy()))


@pytest.mark.parametrize("line", ["quorum", "authority", "opening"])
def test_a_policy_without_quorum_authority_or_opening_key_is_too_weak(line: str) -> None:
    text = unpack(an_evidence())["policy.txt"].decode().splitlines()
    kept = [one for one in text if not one.startswith(line)] + (["quorum none"] if line == "quorum" else [])
    scene = a_scene()
    scene.override["policy.txt"] = ("\n".join(kept) + "\n").encode()
    found = refusal(scene.evidence(), None)
    assert (found.code, found.facts["part"]) == ("evidence.policy-weak", line)


def test_the_log_key_alone_proves_nothing_without_the_trustees() -> None:
    scene = a_scene()
    scene.cosigners = 1
    assert refusal(scene.evidence(), the_policy()).code == "log.quorum"


def test_one_trustee_may_be_away() -> None:
    scene = a_scene()
    scene.cosigners = 2
    assert list(verify_evidence(scene.evidence(), the_policy()))


def test_a_member_that_no_event_speaks_of_is_refused_even_if_sealed() -> None:
    scene = a_scene()
    scene.override["bids/bid-x.json"] = b"{}"
    found = refusal(scene.evidence(), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-unknown", "bids/bid-x.json")


def test_a_manifest_left_out_is_missed_even_if_the_index_is_sealed_without_it() -> None:
    scene = a_scene()
    scene.override["bids/bid-e.json"] = None
    found = refusal(scene.evidence(), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.member-missing", "bids/bid-e.json")


def test_a_manifest_changed_before_sealing_is_not_the_one_logged() -> None:
    scene = a_scene()
    scene.bids["bid-c"]["certificate"] = scene.bids["bid-b"]["certificate"]
    assert refusal(scene.evidence(), the_policy()).code == "evidence.bid"


def test_the_readable_page_cannot_tell_another_story() -> None:
    scene = a_scene()
    page = unpack(an_evidence())["report.html"]
    scene.override["report.html"] = page.replace(b"9300000.00", b"9200000.00")
    found = refusal(scene.evidence(), the_policy())
    assert (found.code, found.facts["where"]) == ("evidence.page", "report.html")


def test_a_member_that_is_not_canonical_is_refused() -> None:
    scene = a_scene()
    scene.override["draw-1.json"] = unpack(an_evidence())["draw-1.json"] + b"\n"
    assert refusal(scene.evidence(), the_policy()).code == "evidence.json"


def test_an_unsigned_line_in_a_proof_is_refused() -> None:
    scene = a_scene()

    def change(rows: list[dict[str, str]]) -> None:
        rows[4]["proof"] = rows[4]["proof"].replace("\nindex", f"\nextra {b64(b'hello')}\nindex", 1)

    scene.rows.append(change)
    assert refusal(scene.evidence(), the_policy()).code == "evidence.extra"


def test_what_strangers_still_try_after_the_award_does_not_spoil_the_file() -> None:
    scene = a_scene()
    scene.tell("bid.refused", "bid-late-2", reason="bid.late", manifest=b64(bytes(32)))
    assert list(verify_evidence(scene.evidence(), the_policy()))
