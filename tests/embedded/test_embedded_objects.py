"""The embedded S3 server: kept, shared, crashed, its ports, and every door closed to who has no credentials."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from infra.embedded import objects as objects_module
from infra.embedded.objects import DOORS, EmbeddedObjects, binary, lock_of
from infra.embedded.places import is_held
from infra.kernel.problems import Problem
from infra.objects import Objects
from tests.embedded.conftest import until

OTHER_PORTS = [port for door in DOORS for port in (door, f"{door}.grpc") if port != "s3"]
ASKING = b"%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
GRPC = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
SETTINGS_FRAME = 4


async def put(server: EmbeddedObjects, data: bytes) -> str:
    client = Objects(server.address)
    try:
        await client.ensure_bucket("kept")
        return await client.put("kept", "key", data)
    finally:
        client.close()


async def got(server: EmbeddedObjects, version: str) -> bytes:
    client = Objects(server.address)
    try:
        return await client.get("kept", "key", version)
    finally:
        client.close()


@pytest.mark.soak
async def test_objects_the_port_and_the_credentials_are_the_same_after_a_restart(tmp_path: Path) -> None:
    with EmbeddedObjects.start(tmp_path) as first:
        version = await put(first, b"seven")
    with EmbeddedObjects.start(tmp_path) as second:
        assert await got(second, version) == b"seven"
        assert second.address == first.address


async def test_a_second_start_uses_the_running_server_and_its_stop_leaves_it_alone(
    objects_server: EmbeddedObjects, home: Path
) -> None:
    second = EmbeddedObjects.start(home)
    second.stop()
    version = await put(objects_server, b"seven")
    assert (second.started_here, await got(second, version)) == (False, b"seven")


@pytest.mark.soak
async def test_what_was_answered_for_is_there_after_a_crash_and_a_taken_port_is_left(tmp_path: Path) -> None:
    with EmbeddedObjects.start(tmp_path) as first:
        version = await put(first, b"seven" * 1000)
        os.kill(int(lock_of(tmp_path).read_text().split()[1]), signal.SIGKILL)
        assert until(lambda: not is_held(lock_of(tmp_path)))
    with socket.create_server(("127.0.0.1", first.ports["s3"])), EmbeddedObjects.start(tmp_path) as second:
        assert second.ports["s3"] != first.ports["s3"]
        assert await got(second, version) == b"seven" * 1000


def test_a_wanted_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Problem, match=r"store.port-taken"):
        EmbeddedObjects.start(tmp_path, port=taken.getsockname()[1])


def test_a_server_that_cannot_start_tells_the_end_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "objects" / "data").mkdir(parents=True)
    (tmp_path / "objects" / "data" / "filerldb2").write_text("not a folder")
    with pytest.raises(Problem, match=r"store.did-not-start") as told:
        EmbeddedObjects.start(tmp_path)
    assert "filerldb2" in str(told.value.facts["lines"])
    assert not is_held(lock_of(tmp_path))


def test_damaged_credentials_are_told(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "credentials.json").write_text("{")
    with pytest.raises(Problem, match=r"store.damaged"):
        EmbeddedObjects.start(tmp_path)


@pytest.mark.soak
async def test_an_object_is_synced_to_the_disk_before_it_is_answered_for(tmp_path: Path) -> None:
    for _ in range(2):
        with EmbeddedObjects.start(tmp_path) as server:
            assert re.search(r'"locationPrefix":\s*"/buckets/".*"fsync":\s*true', configured(tmp_path, server), re.S)


def configured(home: Path, server: EmbeddedObjects) -> str:
    """What the server's own shell, with the home's key, says of its paths."""
    master, filer = (f"127.0.0.1:{server.ports[door]}.{server.ports[door + '.grpc']}" for door in ("master", "filer"))
    return subprocess.run(
        [binary(), "shell", f"-master={master}", f"-filer={filer}"],
        cwd=home / "objects",
        env={"HOME": str(home)},
        input="fs.configure\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_server_that_will_not_sync_is_stopped_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects_module, "SYNCED", "fs.configure\n")
    with pytest.raises(Problem, match=r"store.did-not-start"):
        EmbeddedObjects.start(tmp_path)
    assert not is_held(lock_of(tmp_path))


def test_secrets_are_readable_by_their_owner_only(objects_server: EmbeddedObjects, home: Path) -> None:
    written = [file for file in (home / "objects").iterdir() if file.is_file()]
    assert {oct(file.stat().st_mode & 0o777) for file in written} == {"0o600"}
    assert json.loads((home / "objects/credentials.json").read_text())["secretKey"] == objects_server.address.secret_key


def test_every_port_is_on_the_loopback(objects_server: EmbeddedObjects) -> None:
    for port in objects_server.ports.values():
        with socket.socket() as tried:
            tried.settimeout(2)
            assert tried.connect_ex((outward_address(), port)) != 0


@pytest.mark.parametrize("request_line", [b"GET /buckets/", b"DELETE /buckets/?recursive=true", b"POST /col/delete"])
@pytest.mark.parametrize("door", OTHER_PORTS)
def test_a_local_client_without_the_key_gets_nothing_by_http(
    objects_server: EmbeddedObjects, door: str, request_line: bytes
) -> None:
    port = objects_server.ports[door]
    assert not answered(port, ASKING % request_line, tls=True)
    plain = answered(port, ASKING % request_line, tls=False)
    assert not plain or plain.startswith(b"HTTP/1.0 400") or plain[9:9] == bytes([SETTINGS_FRAME])


@pytest.mark.parametrize("door", OTHER_PORTS)
def test_a_local_client_without_the_key_gets_nothing_by_grpc(objects_server: EmbeddedObjects, door: str) -> None:
    for tls in (True, False):
        assert answered(objects_server.ports[door], GRPC, tls=tls)[3:4] != bytes([SETTINGS_FRAME])


def test_the_servers_own_shell_gets_nothing_without_the_key(objects_server: EmbeddedObjects, tmp_path: Path) -> None:
    master = f"127.0.0.1:{objects_server.ports['master']}.{objects_server.ports['master.grpc']}"
    shell = subprocess.Popen(
        [binary(), "shell", f"-master={master}"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        said, _ = shell.communicate(b"fs.ls -l /\n", timeout=2)
    except subprocess.TimeoutExpired:
        shell.kill()
        said, _ = shell.communicate()
    assert b"buckets" not in said


@pytest.mark.parametrize("request_line", [b"GET /", b"GET /closed", b"PUT /closed/a", b"DELETE /closed"])
async def test_the_s3_port_refuses_the_unsigned(
    objects: Objects, objects_server: EmbeddedObjects, request_line: bytes
) -> None:
    await objects.ensure_bucket("closed")
    assert b" 403 " in answered(objects_server.ports["s3"], ASKING % request_line, tls=False)[:20]


async def test_the_s3_port_refuses_a_wrong_secret(objects_server: EmbeddedObjects) -> None:
    address = objects_server.address
    client = Objects(type(address)(address.endpoint, address.access_key, "wrong"))
    with pytest.raises(Problem, match=r"objects.refused"):
        await client.list("closed")
    client.close()


@pytest.fixture
def home(objects_server: EmbeddedObjects, servers_home: Path) -> Path:
    """The home of the shared server."""
    return servers_home / "objects"


def answered(port: int, asking: bytes, tls: bool) -> bytes:
    """What the port says to somebody without a certificate, empty where it hangs up."""
    trusting = ssl._create_unverified_context()
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with socket.create_connection(("127.0.0.1", port), 3) as line:
            spoken = trusting.wrap_socket(line) if tls else line
            spoken.sendall(asking)
            return spoken.recv(4096)
    except OSError:
        return b""


def outward_address() -> str:
    """This machine's address on its network, or one that leads nowhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(line.getsockname()[0])
