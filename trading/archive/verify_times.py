"""Time tokens in the evidence: what an authority outside platform and trustees signed about the events that bind."""

from datetime import timedelta
from typing import Any

from infra.kernel.canonical import unb64
from infra.kernel.fields import array_at, count_at, members_at, text_at
from infra.kernel.problems import Problem
from infra.tlog.proof import parse_proof, verify_proof
from infra.tlog.time_tokens import check_token, require_about, stamped
from trading.archive.verify_dossier import Dossier, Logged, json_member, placed

TOKENS = "time-tokens.json"
BOUND = ("section.closed", "draw.frozen", "draw.revealed", "marks.published")
MOST = 2**31
SKEW = timedelta(minutes=2)


def check_tokens(dossier: Dossier) -> dict[str, int]:
    """How many tokens the file brings, and how many hold by authorities that the policy names: others prove nothing here.

    Each stands with a proof of its event under the very checkpoint that was stamped; `evidence.time-token`, `log.time-token`.
    """
    rows = array_at(json_member(dossier.members, TOKENS), "$")
    bound = {one.number: one for one in dossier.all(*BOUND)}
    judged = sum(_check(dossier, row, bound, f"{TOKENS}, token {place}") for place, row in enumerate(rows, 1))
    return {"tokens": len(rows), "judged": judged}


def _check(dossier: Dossier, row: Any, bound: dict[int, Logged], where: str) -> bool:
    with placed(where):
        found = members_at(row, "$", ("number", "authority", "proof", "token"))
        event = bound.get(count_at(found["number"], "$.number", 1, MOST))
        if event is None:
            raise Problem("evidence.time-token", why="it is about no event of this file that binds")
        proof = parse_proof(text_at(found["proof"], "$.proof"))
        if proof.extra is not None:
            raise Problem("evidence.extra")
        verify_proof(proof, event.entry, dossier.policy, strict=True)
        token, name = unb64(text_at(found["token"], "$.token")), text_at(found["authority"], "$.authority")
        content = stamped(proof.checkpoint, dossier.policy.log.name)
        require_about(token, content)
        if name not in dossier.policy.timestamps:
            return False
        _, at = check_token(token, content, {name: dossier.policy.timestamps[name]})
        if at < event.at - SKEW:
            raise Problem("evidence.time-token", why=f"it is of {at}, before its event")
        return True
