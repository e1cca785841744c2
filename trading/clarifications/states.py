"""A question's life 答疑: asked, answered to everybody at once, or returned to its asker with reasons."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.workflow import Step, Workflow


class QuestionState(StrEnum):
    """Where a question stands; a prepared answer waits for the next addendum."""

    ASKED = "asked"
    PREPARED = "prepared"
    PUBLISHED = "published"
    REFUSED = "refused"


class QuestionKind(StrEnum):
    """A question 提问, or an objection to the tender document 异议, which suspends the tender until it is answered."""

    QUESTION = "question"
    OBJECTION = "objection"


_S = QuestionState
_PROCURERS = (Role.AGENT, Role.PROCURING)

LIFE: Workflow[QuestionState] = Workflow(
    "question",
    [
        Step("prepare", _S.ASKED, _S.PREPARED, _PROCURERS, "TBL 23: clarifications go to everybody in writing"),
        Step("prepare", _S.PREPARED, _S.PREPARED, _PROCURERS, "TBL 23"),
        Step("publish", _S.ASKED, _S.PUBLISHED, _PROCURERS, "TBL 23; TBR 21, 22"),
        Step("publish", _S.PREPARED, _S.PUBLISHED, _PROCURERS, "TBL 23; TBR 21, 22"),
        Step("refuse", _S.ASKED, _S.REFUSED, _PROCURERS, "TBL 22: nothing that names a potential bidder is published"),
    ],
)
OPEN = (QuestionState.ASKED, QuestionState.PREPARED)
