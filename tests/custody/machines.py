"""Three machines on one: a network namespace, a machine identity and a wire for each trustee; needs root and `ip`."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.edge import random_bytes
from infra.embedded.children import Children, openhall
from infra.trustee.duties import BODIES

SHORT = {"agent": "a", "centre": "c", "supervisor": "s"}


def possible() -> bool:
    """Whether namespaces can be made here."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False).returncode == 0


class Machines:
    """One bridge with the platform's address, and behind it a namespace for each body."""

    def __init__(self, folder: Path, children: Children) -> None:
        self.folder, self.children = folder, children
        self.tag = random_bytes(2).hex()
        self.net = f"10.{200 + random_bytes(1)[0] % 50}.{random_bytes(1)[0]}"

    @property
    def platform(self) -> str:
        """The platform's address as the trustees see it."""
        return f"{self.net}.1"

    def make(self) -> None:
        bridge = f"oh{self.tag}"
        ip("link", "add", bridge, "type", "bridge")
        ip("address", "add", f"{self.platform}/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        for number, body in enumerate(BODIES, 2):
            space, wire = self.space(body), self.wire(body)
            ip("netns", "add", space)
            ip("link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", space)
            ip("link", "set", wire, "master", bridge, "up")
            ip("-n", space, "address", "add", f"{self.net}.{number}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
            (self.folder / f"machine-id-{body}").write_text(f"{random_bytes(16).hex()}\n")

    def remove(self) -> None:
        for body in BODIES:
            subprocess.run(["ip", "netns", "del", self.space(body)], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", f"oh{self.tag}"], capture_output=True, check=False)

    def space(self, body: str) -> str:
        return f"oh{self.tag}{SHORT[body]}"

    def wire(self, body: str) -> str:
        return f"v{self.tag}{SHORT[body]}"

    def state(self, body: str) -> Path:
        return self.folder / body / "state.json"

    def inside(self, body: str, command: Sequence[str]) -> list[str]:
        """A command as it runs on the body's machine: its own network, its own machine identity."""
        name = self.folder / f"machine-id-{body}"
        start = f'mount --bind {name} /etc/machine-id && exec "$@"'
        return ["ip", "netns", "exec", self.space(body), "unshare", "-m", "sh", "-c", start, "sh", *map(str, command)]

    def run(self, body: str, *arguments: str) -> str:
        """What `openhall …` prints there."""
        done = subprocess.run(self.inside(body, openhall(*arguments)), capture_output=True, text=True, check=True)
        return done.stdout

    def start(self, body: str, port: int) -> None:
        """The body's trustee, until the children stop."""
        serve = ("trustee", "serve", "--state", str(self.state(body)), "--platform", f"http://{self.platform}:{port}")
        self.children.start(f"trustee-{body}", self.inside(body, openhall(*serve, "--unprotected")))

    def cut(self, body: str) -> None:
        """Nothing gets through to the body's machine or from it."""
        ip("link", "set", self.wire(body), "down")

    def mend(self, body: str) -> None:
        ip("link", "set", self.wire(body), "up")

    def listening(self, body: str) -> str:
        """The TCP sockets that listen on the body's machine, as lines of the kernel's own table."""
        tables = subprocess.run(
            ["ip", "netns", "exec", self.space(body), "cat", "/proc/net/tcp", "/proc/net/tcp6"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return "\n".join(line for line in tables.splitlines() if line.split()[3:4] == ["0A"])


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def three_machines(folder: Path) -> Iterator[Machines]:
    """The machines, gone afterwards with all that ran on them."""
    with Children(folder) as children:
        machines = Machines(folder, children)
        try:
            machines.make()
            yield machines
        finally:
            children.stop()
            machines.remove()
