"""`openhall demo`: a whole tender on a private stack, told as it happens, leaving evidence that anybody can recompute."""

import asyncio
import json
import shutil
import socket
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from infra.kernel.problems import Problem
from infra.settings import Settings
from infra.trustee import keeping as states
from trading.archive.bundle import unpack
from web.demo.people import bring_experts, bring_people
from web.demo.story import Story
from web.problems import told
from web.stage import Stage
from web.wiring import open_stack


@click.command("demo")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the results go.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout.")
@click.option("--keep", is_flag=True, help="Keep the private stack's data beside the results.")
def command(out: Path, as_json: bool, keep: bool) -> None:
    """Run one tender with seven bidders and five judges; leaves evidence.zip, policy.txt and report.html."""
    began = time.monotonic()

    def tell(text: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {text}", err=True)

    out.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="openhall-demo-"))
    try:
        facts = _run(home, tell)
        for name in ("evidence.zip", "policy.txt", "report.html"):
            shutil.copyfile(home / "work" / name, out / name)
        if keep:
            shutil.copytree(home / "work", out / "work", dirs_exist_ok=True)
    except Problem as problem:
        shutil.copytree(home / "logs", out / "logs", dirs_exist_ok=True)
        raise click.ClickException(told(problem)) from problem
    finally:
        shutil.rmtree(home, ignore_errors=True)
    facts["seconds"] = round(time.monotonic() - began, 1)
    tell(f"done: {out / 'evidence.zip'}, {out / 'policy.txt'}, {out / 'report.html'}")
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))


def _run(home: Path, tell: Any) -> dict[str, Any]:
    port = _free_port()
    settings = Settings(home=home, mode="demo", port=port, origin=f"http://127.0.0.1:{port}")
    with Stage(settings) as stage:
        tell("private stack started: PostgreSQL, object store, web, worker, three trustees")
        stage.wait_until_ready()
        tell("first page served")
        return asyncio.run(_tell(stage, home / "work", tell))


async def _tell(stage: Stage, work: Path, tell: Any) -> dict[str, Any]:
    work.mkdir()
    async with open_stack(replace(stage.settings)) as stack:
        people = await bring_people(stack.database, stack.keys, work)
        await bring_experts(stack.database, stack.keys)
        tell("nine bidders, officials and a pool of experts entered")
        story = Story(stage, stack.database, stack.objects, stack.keys, people, work, tell)
        facts = await story.run()
    members = unpack((work / "evidence.zip").read_bytes())
    # The policy comes from a trustee's own pinned copy, not from the file that it is to judge.
    (work / "policy.txt").write_text(
        states.load(stage.settings.home / "trustees/supervisor/state.json").policy, "utf-8"
    )
    (work / "report.html").write_bytes(members["report.html"])
    keys = ("section", "bids", "opened", "refused", "withdrawn", "order", "log_size")
    return {key: facts[key] for key in keys}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
