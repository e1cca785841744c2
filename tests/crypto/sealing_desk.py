"""A desk: a folder from which a bidder seals and an opener opens, by `openhall seal` and `openhall open`."""

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result
from sealing_scene import CODE, SECTION, Custody, Stream

from infra.kernel.canonical import b64
from web.commands.open import command as open_
from web.commands.seal import command as seal

TEXT = Stream("cli")(50_000)


@dataclass
class Desk:
    """A folder with a keyset, a pinned policy, released keys and two files to seal."""

    path: Path
    custody: Custody

    def seal(self, *more: str, out: str = "out") -> Result:
        arguments = ["--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--policy", "policy.txt"]
        parts = ["--part", "technical=technical.pdf", "--part", "commercial=empty.pdf"]
        return self.run(seal, *arguments, *parts, "--out", out, *more)

    def open(self, *more: str, container: str = "out/technical.sealed", keys: str = "13") -> Result:
        released = [word for number in keys for word in ("--key", f"{number}=key{number}")]
        return self.run(open_, container, *released, "--out", "opened", *more)

    def run(self, command: object, *words: str) -> Result:
        return CliRunner().invoke(command, list(words))  # type: ignore[arg-type]


def a_desk(folder: Path) -> Desk:
    """The desk in the folder one stands in."""
    custody = Custody()
    (folder / "keyset.json").write_bytes(custody.keyset.encode())
    lines = [f"custodian {name} {b64(key)}\n" for name, key in custody.pinned.items()]
    (folder / "policy.txt").write_text("".join(lines))
    for number, key in custody.private.items():
        (folder / f"key{number}").write_text(b64(key) + "\n")
    (folder / "technical.pdf").write_bytes(TEXT)
    (folder / "empty.pdf").write_bytes(b"")
    return Desk(folder, custody)


def code(result: Result) -> str:
    """The code of a refusal: exit 2, exactly one line on stderr, nothing on stdout."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    line = result.stderr
    assert line.endswith("\n")
    assert line.count("\n") == 1
    return line.partition(": ")[0]


def left(desk: Desk, folder: str = ".") -> set[str]:
    return {path.name for path in (desk.path / folder).iterdir()}
