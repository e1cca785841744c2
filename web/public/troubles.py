"""Why a bid did not open, as pages say it: the refusal's own sentence, with the part by its name."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.problems import Problem
from web.i18n import Language, catalogue
from web.problems import explain, sentences
from web.public.section_view import PARTS


def unopened(trouble: Mapping[str, Any], language: Language) -> str:
    """What happened, in a sentence; a code without one stands as it is."""
    code = str(trouble["code"])
    if code not in sentences():
        return code
    facts = {name: value for name, value in trouble.items() if name != "code"}
    part = facts.get("part")
    if part in PARTS:
        facts["part"] = catalogue(language).gettext(PARTS[part])
    return explain(Problem(code, **facts), language)[1]
