"""A withdrawal signed by another key of the bidder holds in the evidence; a competitor's does not."""

from evidence_log import Scene, new_key
from evidence_scenes import a_scene, company, credit_code, the_policy

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, unb64
from trading.archive.verify import verify_evidence
from trading.bidding.wire import withdrawal_message


def by_another_key(scene: Scene, bidder: str = "E") -> None:
    """The key that signed the bid was lost; a new one, certified for this bidder, signs the withdrawal."""
    facts, key = scene.event("bid.withdrawn").facts, new_key(f"bidder {bidder} anew")
    facts["signature"] = b64(sign_p256(key, withdrawal_message(unb64(facts["manifest"], 32))))
    facts["certificate"] = b64(scene.keys.certificate(key, company(bidder), credit_code(bidder)))


def test_a_withdrawal_by_another_key_of_the_bidder_holds() -> None:
    scene = a_scene()
    by_another_key(scene)
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"
