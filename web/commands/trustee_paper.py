"""`openhall trustee backup|rehearse|restore`: three printed sheets, any two of which rebuild the trustee."""

import sys
from pathlib import Path
from typing import Any

import click

from infra.edge import random_bytes
from infra.kernel.problems import Problem
from infra.tlog.policy import parse_policy
from infra.trustee import epochs, keeping, paper
from infra.trustee.paper import SHEETS, Kept, Sheet
from infra.trustee.statefile import held, new_lock, put
from infra.trustee.witness import begin_from, pin
from web.commands.trustee_options import (
    FILE,
    FOLDER,
    STATE,
    ask,
    changing,
    given_passphrase,
    here,
    opens_state,
    refusals,
)  # fmt: skip

FORM_FEED = "\f"
TYPED = click.option(
    "--sheet", "files", type=FILE, multiple=True, help="A sheet as a text file; give two. Typed in otherwise."
)


@click.command()
@opens_state
@click.option("--to", "folder", type=FOLDER, help="Write sheet-1.txt … sheet-3.txt there instead of printing.")
def backup(path: Path, folder: Path | None, **given: Any) -> None:
    """Print three sheets; keep them in three places. Sheets of earlier printings do not fit these: destroy them."""
    with refusals(), changing(path, given["source"], given["descriptor"]) as state:
        now = here(state.name).now
        sheets = [_page(number, lines, paper.kept_of(state), f"{now:%Y-%m-%d}") for number, lines in _printed(state)]
        for number, text in enumerate(sheets, 1):
            if folder is None:
                click.echo(text + (FORM_FEED if number < SHEETS else ""))
            else:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                put(folder / f"sheet-{number}.txt", text.encode())
        state.backup = {"at": now.isoformat(), "epochs": list(state.epochs)}


@click.command()
@opens_state
@TYPED
def rehearse(path: Path, files: tuple[Path, ...], **given: Any) -> None:
    """Rebuild the trustee from two sheets in memory, compare it with the living one, and note the day."""
    with refusals(), changing(path, given["source"], given["descriptor"]) as state:
        epochs.rehearse(state, _kept(files))
        state.rehearsed_at = here(state.name).now.isoformat()
        click.echo("Two sheets rebuild this trustee whole. The platform will hear of it at the next exchange.")


@click.command()
@STATE
@TYPED
@click.option("--administrator", default="", help="The person or office that answers for this machine.")
@click.option("--custody", default="", help="Where state file and paper are kept.")
@click.option("--policy", type=FILE, help="The policy file, where it has changed since the sheets were printed.")
@click.option("--checkpoint", type=FILE, help="Another body's `trustee status --checkpoint`; needs --policy.")
@click.option(
    "--passphrase-file", "source", type=FILE, help="Its first line is the new passphrase; asked for otherwise."
)
@click.option("--unprotected", is_flag=True, help="No passphrase: for demonstrations only.")
def restore(path: Path, files: tuple[Path, ...], source: Path | None, unprotected: bool, **given: Any) -> None:
    """Rebuild a lost trustee from two sheets into a new state file."""
    with refusals():
        if path.exists():
            raise Problem("trustee.exists", path=path)
        kept = _kept(files)
        state = epochs.restored(kept, here(kept.name))
        state.administrator, state.custody = given["administrator"], given["custody"]
        passphrase = None if unprotected else given_passphrase(source, None) or ask("New passphrase", twice=True)
        state.lock = None if passphrase is None else new_lock(passphrase, random_bytes)
        _bring(state, given["policy"], given["checkpoint"])
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held(path):
            keeping.write_new(path, state)
    click.echo(
        f"{kept.name} is rebuilt. Epochs {', '.join(kept.epochs)} release what was sealed to them; "
        f"new keys come from epoch {state.epoch}, which is on no paper yet: run `openhall trustee backup` now."
    )


COMMANDS = (backup, rehearse, restore)


def _printed(state: Any) -> list[tuple[int, list[str]]]:
    return list(enumerate(paper.print_sheets(state, random_bytes), 1))


def _page(number: int, lines: list[str], kept: Kept, day: str) -> str:
    coded = "\n".join(f"{place:3d}:  {line}" for place, line in enumerate(lines, 1))
    return (
        f"OPENHALL TRUSTEE 受托方密钥备份            SHEET 第 {number} 页 / {SHEETS}\n\n"
        f"Trustee 受托方  {kept.name} ({kept.body})\n"
        f"Epochs 年度密钥  {', '.join(kept.epochs)}\nPrinted 打印日期  {day}\n\n"
        "Any two of the three sheets rebuild this trustee; one alone tells nothing.\n"
        "三页中任意两页即可恢复本受托方；单独一页不泄露任何信息。请分三处保管。\n\n"
        f"{coded}\n\n"
        "Each line ends with four characters that check it. I, L and O do not occur.\n"
        "每行末四位为校验码；不含字母 I、L、O。恢复：openhall trustee restore\n"
    )


def _kept(files: tuple[Path, ...]) -> Kept:
    if len(files) not in (0, paper.NEEDED):
        raise Problem("paper.two", given=len(files))
    sheets = [_read(path) for path in files] if files else [_typed(number) for number in range(1, paper.NEEDED + 1)]
    return paper.rebuild(sheets[0], sheets[1])


def _read(path: Path) -> Sheet:
    try:
        return paper.read_sheet(paper.coded_lines(path.read_text("utf-8", "replace")))
    except OSError as error:
        raise Problem("seal.file", name=path, why=error.strerror) from error


def _typed(sheet: int) -> Sheet:
    """Line by line; a line that does not check is asked for again at once, so that its place is known."""
    if not sys.stdin.isatty():
        raise Problem("paper.two", given=0)
    click.echo(f"Sheet {sheet} of {paper.NEEDED}: type its lines.", err=True)
    lines: list[str] = []
    data = b""
    while not paper.is_last(data):
        line = click.prompt(f"{len(lines) + 1:3d}", prompt_suffix=":  ", err=True)
        try:
            data += paper.read_line(line, len(lines) + 1)
        except Problem:
            click.echo("     This line does not check: compare it with the sheet.", err=True)
        else:
            lines.append(line)
    return paper.read_sheet(lines)


def _bring(state: Any, policy: Path | None, checkpoint: Path | None) -> None:
    """What a person brings along: the policy in force, the checkpoint of another body's witness."""
    if policy is not None:
        state.policy_hash = ""
        pin(state, policy.read_text("utf-8"))
    if checkpoint is not None:
        if policy is None:
            raise Problem("paper.policy")
        begin_from(state, checkpoint.read_text("utf-8"), parse_policy(state.policy))
