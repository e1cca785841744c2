"""How the commands that verify read their files, speak, and end: 0 holds, 1 does not, 2 unusable, 3 integrity only."""

import sys
from pathlib import Path
from typing import Never

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
