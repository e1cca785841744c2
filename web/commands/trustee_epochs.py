"""`openhall trustee epoch`: begin the year's seed, look at those there are, destroy one whose sections are archived."""

from pathlib import Path
from typing import Any

import click

from infra.trustee import epochs, keeping
from web.commands.trustee_options import STATE, agree, changing, here, opens_state, refusals


@click.group(name="epoch")
def epoch() -> None:
    """The yearly seeds that give opening keys."""


@epoch.command(name="list")
@STATE
def list_(path: Path) -> None:
    """Every epoch with what its keysets wait for."""
    with refusals():
        told = keeping.open_half(path)
        for name in told["order"]:
            under = [one for one in told["keysets"].values() if one["epoch"] == name]
            kind = "releases only" if name in told["paper"] else "current" if name == told["order"][-1] else "kept"
            waits = sum(not one["released_at"] for one in under)
            click.echo(f"{name:8} {kind:14} {len(under)} keysets, {waits} never released")


@epoch.command()
@opens_state
def begin(path: Path, **given: Any) -> None:
    """Begin a new epoch: keysets made from now on rest on a fresh seed. Print a new paper backup at once."""
    with refusals(), changing(path, given["source"], given["descriptor"]) as state:
        name = epochs.begin(state, here(state.name))
        click.echo(f"Epoch {name} has begun. It is on no paper yet: run `openhall trustee backup` now.")


@epoch.command()
@opens_state
@click.argument("name")
@click.option("--agreed", help="The epoch's name again, instead of typing it.")
def destroy(path: Path, name: str, agreed: str | None, **given: Any) -> None:
    """Destroy an epoch's seed, once all its sections are archived."""
    with refusals(), changing(path, given["source"], given["descriptor"]) as state:
        waits = epochs.open_keysets(state, name)
        epochs.destroy(state, name, here(state.name).now)
        agree(_consequence(name, waits), name, agreed)
    click.echo(f"Epoch {name} is destroyed here. Now destroy every sheet and copy that holds it.")


COMMANDS = (epoch,)


def _consequence(name: str, waits: list[str]) -> str:
    lost = f" Never released, and lost with it: {', '.join(waits)}." if waits else ""
    return f"After this nobody can rebuild any opening key of epoch {name} from this trustee, for ever.{lost}"
