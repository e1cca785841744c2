"""The `openhall` command: a lazy group, so that `openhall seal` does not load the web server."""

import importlib
import sys
from typing import Any

import click

from infra.kernel.problems import Problem

COMMANDS = {
    "run": "everything on one machine: embedded stores, web, worker, three demo trustees",
    "serve": "web and API, stateless",
    "worker": "legal timers, jobs, log sequencer",
    "recorder": "room cameras to sealed segments",
    "trustee": "one independent custodian and witness",
    "key": "make a signing key in a file and have it certified",
    "seal": "seal files into containers that open only after the deadline",
    "bid": "upload and hand in what `openhall seal` made, and fetch the receipt",
    "factor": "give the factor of a bid kit at the opening",
    "remedy": "show a bid that does not open in plain",
    "open": "open a container with the released keys",
    "verify": "check a receipt, a draw, a whole evidence file, an archive or the whole log",
    "log": "write the public log as files for a mirror",
    "recompute": "recompute a decision from its evidence file",
    "import": "take over notices from files",
    "demo": "a whole tender on a private stack",
    "migrate": "bring the database's tables up to date",
    "reset": "empty the embedded stores",
    "bench": "ratios against references measured in the same run",
}


class LazyGroup(click.Group):
    """A group whose commands are modules of `web.commands`, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(
            f"web.commands.{cmd_name}_" if cmd_name == "import" else f"web.commands.{cmd_name}"
        )
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="openhall")
def group() -> None:
    """Openhall 阳光交易大厅: every decision can be recomputed by somebody who does not trust the operator."""


def main(args: list[str] | None = None) -> Any:
    """Run a command; a Problem that no command caught becomes its sentence on stderr and exit code 2."""
    try:
        return group(args=args, standalone_mode=True)
    except Problem as problem:
        from web.problems import told

        print(told(problem), file=sys.stderr)
        return 2
