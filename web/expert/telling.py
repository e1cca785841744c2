"""What an expert is told of a change of standing: that there is one and where to read it, never the reason itself."""

from typing import Any

from expertpool.experts.notices import JOB, tell_step
from infra.jobs import Task
from web.expertpool.words import VERBS
from web.i18n import N_, Language, catalogue
from web.reply.calling import gateways_of
from web.state import Stack

SUBJECT = N_("Your standing in the pool of evaluation experts")
TEXT = N_(
    "Your standing in the pool of evaluation experts has changed: %(step)s. Sign in at %(where)s to read the ground and the "
    "reason; there you may object within sixty days. Without an account, ask the pool office for a letter with a code."
)


def standing_tasks(stack: Stack) -> dict[str, Task]:
    """The job that tells one step, by the gateways of invitations."""
    gateways, texts = gateways_of(stack.settings), catalogue(Language.ZH)
    where = stack.settings.origin + "/expert"

    def compose(verb: str) -> tuple[str, str]:
        say = texts.gettext
        return say(SUBJECT), say(TEXT) % {"step": say(VERBS[verb]), "where": where}

    async def tell(payload: dict[str, Any]) -> None:
        await tell_step(stack.database, stack.keys.service, gateways, compose, payload["step"])

    return {JOB: tell}
