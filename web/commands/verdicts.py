"""How the commands that verify read their files, speak, and end: 0 holds, 1 does not, 2 unusable, 3 integrity only."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Never, Protocol

import click

from infra.kernel.problems import Problem
from infra.tlog.policy import Policy, parse_policy
from web.problems import told

HOLDS, FAILED, UNUSABLE, INTEGRITY_ONLY = 0, 1, 2, 3
FILE = click.Path(dir_okay=False, allow_dash=False, path_type=Path)


def printable(text: str) -> str:
    """Text of a stranger for a terminal: whatever could steer it, or turn the reading around, is a `?`."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)


def content(file: Path) -> bytes:
    """A file's bytes; ends the program with 2 where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        refuse(Problem("verify.file", file=file, why=error.strerror))


def policy_in(file: Path) -> Policy:
    """The policy in a file; ends the program with 2 where it is none."""
    try:
        return parse_policy(content(file))
    except Problem as problem:
        refuse(problem)


class Step(Protocol):
    """One thing that was verified: its name and what was found."""

    @property
    def name(self) -> str:
        """What was looked at."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What it gave."""
        ...


def tell_steps(verified: Iterable[Step], line: Callable[[str, Any], str], *, policy: bool, as_json: bool) -> Never:
    """Tell each step as it holds and end the program: 0, 1 at the first that does not, 3 for want of a `policy`."""
    steps: list[Step] = []
    problem: Problem | None = None
    try:
        for step in verified:
            steps.append(step)
            if not as_json:
                click.echo(line(step.name, step.facts))
    except Problem as caught:
        problem = caught
    code = FAILED if problem else HOLDS if policy else INTEGRITY_ONLY
    if as_json:
        click.echo(_machine(steps, problem, code))
    elif problem is None:
        click.echo(
            "everything holds" if policy else "integrity only: judged by the keys in the file itself; use --policy"
        )
    if problem is not None:
        say(problem)
    sys.exit(code)


def _machine(steps: Sequence[Step], problem: Problem | None, code: int) -> str:
    found: dict[str, Any] = {
        "result": {HOLDS: "holds", FAILED: "failed", INTEGRITY_ONLY: "integrity-only"}[code],
        "steps": [{"step": step.name, **step.facts} for step in steps],
        "problem": None,
    }
    if problem is not None:
        facts = {name: str(value) for name, value in problem.facts.items()}
        found["problem"] = {"code": problem.code, "where": facts.pop("where", None), "facts": facts}
    return json.dumps(found, ensure_ascii=False)


def fail(problem: Problem) -> Never:
    """Say what does not hold and end the program with 1."""
    say(problem)
    sys.exit(FAILED)


def refuse(problem: Problem) -> Never:
    """Say what cannot be used and end the program with 2."""
    say(problem)
    sys.exit(UNUSABLE)


def say(problem: Problem) -> None:
    """One line `code: reason` on stderr, harmless to a terminal."""
    where = f" [{problem.facts['where']}]" if "where" in problem.facts else ""
    click.echo(printable(f"{told(problem)}{where}".replace("\n", " ")), err=True)
