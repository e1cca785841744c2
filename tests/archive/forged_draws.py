"""Forgeries of a draw's audit and of its disclosure."""

from hashlib import sha256

from evidence_forging import facts, forgery
from evidence_log import Scene
from evidence_scenes import DRAW

from infra.crypto.sign import labelled, sign_ed25519
from infra.kernel.canonical import b64, digest
from infra.trustee.duties import AUDIT_LABEL, AUDITOR, COMMIT_LABEL


def _audit(scene: Scene, body: str, frozen: object) -> str:
    signer = next(one.signer for one in scene.keys.trustees if one.body == body)
    return b64(sign_ed25519(signer, labelled(AUDIT_LABEL, digest(frozen))))


@forgery("evidence.draw-signature")
def the_audit_was_signed_by_another_body(scene: Scene) -> None:
    facts(scene, "draw.audited")["signature"] = _audit(scene, "centre", facts(scene, "draw.frozen")["frozen"])


@forgery("evidence.draw-signature")
def the_audit_is_of_another_pool(scene: Scene) -> None:
    other = {**facts(scene, "draw.frozen")["frozen"], "alternates": 7}
    facts(scene, "draw.audited")["signature"] = _audit(scene, AUDITOR, other)


@forgery("evidence.order")
def a_body_committed_before_the_audit(scene: Scene) -> None:
    scene.move("draw.commitment-given", before="draw.audited")


@forgery("evidence.order")
def the_audit_came_before_the_freeze(scene: Scene) -> None:
    scene.move("draw.audited", before="draw.frozen")


@forgery("evidence.event-twice")
def the_pool_was_audited_twice(scene: Scene) -> None:
    scene.tell("draw.audited", DRAW, signature=facts(scene, "draw.audited")["signature"])
    scene.move("draw.audited", before="draw.commitment-given", nth=1)


@forgery("evidence.draw")
def the_file_disclosed_is_another(scene: Scene) -> None:
    facts(scene, "draw.disclosed")["evidence"] = bytes(32).hex()


@forgery("evidence.order")
def the_draw_was_disclosed_before_the_marks(scene: Scene) -> None:
    scene.move("draw.disclosed", before="marks.published")


def second(scene: Scene, signer: str = "agent", promised: bytes = bytes(32)) -> None:
    """The agent's second commitment, signed by this body; told before the escrows."""
    key = next(one.signer for one in scene.keys.trustees if one.body == signer)
    signature = sign_ed25519(key, labelled(COMMIT_LABEL, sha256(DRAW.encode() + promised).digest()))
    told = {"draw": DRAW, "party": "agent", "commitment": promised.hex(), "signature": b64(signature)}
    scene.tell("draw.commitment-changed", f"{DRAW}/agent", **told)
    scene.move("draw.commitment-changed", before="draw.escrow-given")


@forgery("evidence.draw-signature")
def a_second_commitment_is_put_down_to_a_body_that_never_signed_it(scene: Scene) -> None:
    second(scene, signer="centre")


@forgery("evidence.draw")
def the_commitment_that_counts_is_told_as_a_second_one(scene: Scene) -> None:
    second(scene, promised=bytes.fromhex(facts(scene, "draw.commitment-given")["commitment"]))


@forgery("evidence.order")
def a_second_commitment_came_before_the_first(scene: Scene) -> None:
    second(scene)
    scene.move("draw.commitment-changed", before="draw.commitment-given")
