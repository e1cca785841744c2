"""Who answers for a bid that does not open, and what follows for it: pure decisions (rules §3, EBM 31, TBR 35)."""

from trading.opening.states import Cause

TOO_FEW_BIDS = "too-few-bids"
TOO_FEW_OPENED = "too-few-opened"
DAMAGED = "bid.damaged"
FAULT = "opening.fault"
"""A fault in this program: nobody's until it is looked at."""
MISSING = "factor.missing"
"""The bidder's own factor was not given in its window."""
OVERDUE = "release.overdue"
"""Too few keys were released by the limit."""
MOST_TRIES = 5
"""How often a bidder may give a factor that is not its bid's."""
MOST_REMEDIES = 5
"""How often a bidder may show, of one part, what is not the part that was sealed."""

# What stands inside the bytes that the bidder signed for, once they are proven to be those bytes.
OF_THE_BIDDER = frozenset(
    {
        "seal.share", "seal.wrap", "seal.commitment", "seal.chunk", "seal.truncated", "seal.extended",
        "json.bad", "json.not-canonical", "json.float", "money.not-an-amount",
        "opening-form.fields", "opening-form.text", "opening-form.price", "opening-form.duration",
        "opening-form.too-large", "opening-form.consortium", MISSING,
    }
)  # fmt: skip
OF_THE_PLATFORM = frozenset({DAMAGED, OVERDUE})
# What the same plaintext, shown openly, puts right: it never was the plaintext that was wrong.
REMEDIABLE = frozenset(
    {"seal.share", "seal.wrap", "seal.commitment", "seal.chunk", "seal.truncated", "seal.extended", MISSING, OVERDUE}
)
OF_A_CUSTODIAN = frozenset({"seal.key", "seal.too-few"})


def cause_of(code: str, *, steps_logged: bool) -> Cause:
    """The cause of a refusal with this code, found in bytes that are intact unless the platform answers for it.

    The bidder is blamed only if the platform's own steps are logged as done (rules §3); what is not listed is unknown.
    """
    if code in OF_THE_PLATFORM:
        return Cause.PLATFORM
    if code in OF_A_CUSTODIAN:
        return Cause.CUSTODIAN
    return Cause.BIDDER if steps_logged and code in OF_THE_BIDDER else Cause.UNKNOWN


def may_remedy(code: str, *, permitted: bool) -> bool:
    """Whether the bidder may show its part in plain: where the tender document permits it, or the platform is at fault."""
    return code in REMEDIABLE and (permitted or code in OF_THE_PLATFORM)


def verb_found(cause: Cause, *, remedy: bool = False) -> str:
    """What follows when a cause is found: the bid is left out, or waits for a remedy or an officer's decision."""
    return "wait" if remedy or cause in (Cause.PLATFORM, Cause.UNKNOWN) else verb_decided(cause)


def verb_decided(cause: Cause) -> str:
    """What follows when a cause is decided: revoked 撤销 by the bidder's fault, withdrawn 撤回 by any other."""
    return "revoke" if cause is Cause.BIDDER else "withdraw"


def may_decide(reason: str, cause: Cause) -> bool:
    """Whether an officer may name this cause: it must be one, and no bidder answers for lost bytes or late keys."""
    if reason == DAMAGED:
        return cause is Cause.PLATFORM
    return cause is not Cause.UNKNOWN and not (reason == OVERDUE and cause is Cause.BIDDER)


def too_few(left: int, minimum: int, agreed: int | None) -> bool:
    """Whether the section stops for a human decision: fewer than the minimum, and not yet agreed to for so few (○)."""
    return left < minimum and (agreed is None or left < agreed)
