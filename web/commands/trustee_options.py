"""What the trustee's subcommands share: the state file, where the passphrase comes from, refusals in one line."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from infra.edge import context
from infra.kernel.context import Actor, Context, Role
from infra.kernel.problems import Problem
from infra.trustee import keeping
from infra.trustee.state import State
from infra.trustee.statefile import held
from web.problems import told

REFUSED = 2
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
VARIABLE = "OPENHALL_TRUSTEE_PASSPHRASE"
Command = TypeVar("Command", bound=Callable[..., Any])

STATE = click.option("--state", "path", type=FILE, required=True, help="The one state file.")
PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    "source",
    type=FILE,
    help=f"Its first line is the passphrase. Otherwise {VARIABLE}, or asked for on the terminal.",
)
DESCRIPTOR = click.option(
    "--passphrase-fd", "descriptor", type=int, help="An inherited file descriptor with the passphrase."
)


def opens_state(command: Command) -> Command:
    """The options of a command that opens a state; they come as `path`, `source` and `descriptor`."""
    for option in (DESCRIPTOR, PASSPHRASE_FILE, STATE):
        command = option(command)
    return command


def given_passphrase(source: Path | None, descriptor: int | None) -> str | None:
    """The passphrase from file, descriptor or environment, None where none of them has it; `password.missing` if empty."""
    if source is not None:
        try:
            return _first_line(source.read_text("utf-8", "replace"), str(source))
        except OSError as error:
            raise Problem("seal.file", name=source, why=error.strerror) from error
    if descriptor is not None:
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
            return _first_line(file.read(), f"descriptor {descriptor}")
    return os.environ.get(VARIABLE) or None


def opened(path: Path, source: Path | None, descriptor: int | None) -> State:
    """The state of a file, its passphrase asked for on the terminal where nothing else gives it."""
    passphrase = given_passphrase(source, descriptor)
    if passphrase is None and keeping.is_protected(path):
        passphrase = ask("Passphrase of this trustee")
    return keeping.load(path, passphrase)


@contextmanager
def changing(path: Path, source: Path | None, descriptor: int | None) -> Iterator[State]:
    """A state to change, which no running program holds (`trustee.running`); written when the block ends well."""
    with held(path):
        state = opened(path, source, descriptor)
        yield state
        keeping.save(path, state)


def ask(text: str, twice: bool = False) -> str:
    """A passphrase typed on the terminal; `trustee.passphrase` where there is no terminal to ask."""
    if not sys.stdin.isatty():
        raise Problem("trustee.passphrase", path="stdin")
    answer: str = click.prompt(text, hide_input=True, confirmation_prompt=twice, err=True)
    return answer


def here(name: str) -> Context:
    """This machine's own clock and chance, for a trustee of this name."""
    return context(Actor(name, Role.TRUSTEE))


def agree(consequence: str, word: str, given: str | None) -> None:
    """Show what cannot be undone and have the word typed, unless it was given as an option; `command.unconfirmed`."""
    click.echo(consequence, err=True)
    if given is None and sys.stdin.isatty():
        given = click.prompt(f"Type {word} to go on", err=True, default="", show_default=False)
    if given != word:
        raise Problem("trustee.not-agreed", word=word)


@contextmanager
def refusals() -> Iterator[None]:
    """A problem becomes one line `code: sentence` on stderr and exit code 2."""
    try:
        yield
    except Problem as problem:
        click.echo("".join(one if one.isprintable() else " " for one in told(problem)), err=True)
        sys.exit(REFUSED)


def _first_line(text: str, name: str) -> str:
    first = text.partition("\n")[0].rstrip("\r")
    if not first:
        raise Problem("password.missing", path=name)
    return first
