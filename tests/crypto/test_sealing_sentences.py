"""Every refusal of the sealing code can be told in both languages."""

import re
from pathlib import Path

import infra.crypto
from infra.kernel.problems import Problem
from web.problems import explain
from web.sentences.sealing import SENTENCES

FILES = Path(infra.crypto.__path__[0])
RAISED = re.compile(r'Problem\(\s*"((?:seal|kit|envelope|signature)\.[a-z0-9-]+)"')


def test_every_code_raised_has_its_sentence_and_every_sentence_its_code() -> None:
    commands = Path(__file__).parents[2] / "web" / "commands"
    sources = [*FILES.glob("*.py"), commands / "seal.py", commands / "open.py", commands / "sealing.py"]
    raised = {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}
    assert raised == set(SENTENCES)


def test_sentences_fill_in_their_facts() -> None:
    facts = dict.fromkeys(
        [
            "suite",
            "number",
            "field",
            "policy",
            "have",
            "need",
            "custodian",
            "found",
            "expected",
            "name",
            "why",
            "label",
        ],
        "x",
    )
    for code in SENTENCES:
        for language in ("zh", "en"):
            _, happened, remedy = explain(Problem(code, **facts), language)
            assert "–" not in happened + remedy
