"""What a person reads when the system says no: one sentence and one next step for every problem code, in zh and en."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """HTTP status, then (what happened, what to do next) in both languages; `{fact}` is filled from the problem."""

    status: int
    zh: tuple[str, str]
    en: tuple[str, str]
