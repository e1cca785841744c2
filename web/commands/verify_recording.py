"""`openhall verify recording`: an exported recording, as folder, ZIP or disc image, by the file that lies in it too."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from trading.recordings.verify import BrokenError, Step, line, source_of, verify
from web.commands.verdicts import FAILED, FILE, HOLDS, INTEGRITY_ONLY, content, printable, refuse

PLACE = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("path", type=PLACE)
@click.option("--published", "published_file", type=FILE, help="What the platform published, from elsewhere than PATH.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of lines.")
def recording(path: Path, published_file: Path | None, as_json: bool) -> None:
    """Check an exported recording at PATH: a folder, a ZIP file or a disc image.

    Without --published it is judged by what it brings itself: "integrity only", exit code 3.
    """
    try:
        published = None if published_file is None else read(content(published_file))
    except Problem as problem:
        refuse(problem)
    if path.suffix.lower() != ".iso":
        _tell(path, published, as_json)
    from trading.recordings.discs import read_iso

    with tempfile.TemporaryDirectory(prefix="openhall-disc-") as folder:
        try:
            read_iso(path, Path(folder))
        except Problem as problem:
            refuse(problem)
        _tell(Path(folder), published, as_json)


def _tell(path: Path, published: Any, as_json: bool) -> None:
    steps: list[Step] = []
    problem: BrokenError | None = None
    try:
        for step in verify(source_of(path), published):
            steps.append(step)
            if not as_json:
                click.echo(printable(line(step)))
    except BrokenError as caught:
        problem = caught
    code = FAILED if problem else INTEGRITY_ONLY if published is None else HOLDS
    result = {HOLDS: "holds", FAILED: "failed", INTEGRITY_ONLY: "integrity-only"}[code]
    if as_json:
        told = None if problem is None else {"code": problem.code, **problem.facts}
        click.echo(
            json.dumps({"result": result, "steps": [dict(one.facts, step=one.name) for one in steps], "problem": told})
        )
    elif problem is None:
        click.echo("everything holds" if published is not None else "integrity only: use --published")
    if problem is not None:
        click.echo(printable(f"recording.{problem}"), err=True)
    sys.exit(code)
