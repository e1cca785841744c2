"""Problems as sentences: gathers web/sentences and renders one problem in a language."""

import importlib
import pkgutil
from datetime import datetime
from functools import cache

import web.sentences
from infra.kernel.problems import Problem
from web.i18n import Language, moment, utc_offset
from web.law import cited
from web.sentences import Sentence


@cache
def sentences() -> dict[str, Sentence]:
    """Every problem code's sentence, gathered from the modules of `web.sentences`."""
    found: dict[str, Sentence] = {}
    for module in pkgutil.iter_modules(web.sentences.__path__):
        found |= importlib.import_module(f"web.sentences.{module.name}").SENTENCES
    return found


def explain(problem: Problem, language: str) -> tuple[int, str, str]:
    """(HTTP status, what happened, what to do next) in `zh` or `en`."""
    sentence = sentences()[problem.code]
    happened, remedy = sentence.zh if language == "zh" else sentence.en
    facts = _Facts({name: _told(name, value, Language(language)) for name, value in problem.facts.items()})
    return sentence.status, happened.format_map(facts), remedy.format_map(facts)


def told(problem: Problem, language: str = "en") -> str:
    """One line for a terminal: `code: what happened. What to do next.`"""
    if problem.code not in sentences():
        return str(problem)
    _, happened, remedy = explain(problem, language)
    return f"{problem.code}: {happened} {remedy}"


def _told(name: str, value: object, language: Language) -> str:
    """A fact as it stands in a sentence: a point in time and the source of a rule as on the pages, all else as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _Fact(f"{moment(value, language, seconds=True)} {utc_offset(value)}")
    return _Fact(cited(value, language) if name == "source" and isinstance(value, str) else value)


class _Fact(str):
    """`{n:day|days}` is filled with the number and the word that agrees with it."""

    __slots__ = ()

    def __format__(self, wanted: str) -> str:
        one, counted, many = wanted.partition("|")
        return f"{self!s} {one if self == '1' else many}" if counted else str(self)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _Fact("–")
