"""A time-stamp authority for tests: a certificate authority and `openssl ts` behind a tiny server on 127.0.0.1."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
[ext]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
basicConstraints = CA:FALSE
"""
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA = ("-newkey", "rsa:2048")


@dataclass
class TimeStamper:
    """Its root certificate and, while it is served, its address; `manner` is how it answers."""

    folder: Path
    url: str = ""
    manner: str = "well"

    @property
    def root(self) -> Path:
        return self.folder / "ca.pem"

    def answer(self, query: bytes) -> bytes:
        asked, told = self.folder / "query", self.folder / "reply"
        asked.write_bytes(query)
        config = ("-config", str(self.folder / "config"), "-section", "tsa")
        _openssl("ts", "-reply", *config, "-queryfile", str(asked), "-out", str(told))
        return told.read_bytes()


def founded(folder: Path, key: tuple[str, ...] = EC) -> TimeStamper:
    """An authority with a root of its own and a key that may only stamp times."""
    folder.mkdir(parents=True)
    (folder / "config").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    path = partial(lambda name: str(folder / name))
    made = (*key, "-nodes")
    _openssl(
        "req",
        "-x509",
        *made,
        "-days",
        "30",
        "-subj",
        "/CN=Test root",
        "-keyout",
        path("ca.key"),
        "-out",
        path("ca.pem"),
    )
    _openssl("req", *made, "-subj", "/CN=Test time stamps", "-keyout", path("tsa.key"), "-out", path("tsa.csr"))
    signed = ("-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial", "-days", "30")
    extended = ("-extfile", path("config"), "-extensions", "ext")
    _openssl("x509", "-req", "-in", path("tsa.csr"), *signed, *extended, "-out", path("tsa.pem"))
    return TimeStamper(folder)


@contextmanager
def serving(stamper: TimeStamper) -> Iterator[TimeStamper]:
    """The authority at its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            answer = {"well": stamper.answer, "nonsense": bytes.hex, "down": None}[stamper.manner]
            self.send_response(200 if answer else 503)
            self.end_headers()
            if answer:
                told = answer(query)
                self.wfile.write(told if isinstance(told, bytes) else told.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True).start()
    stamper.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield stamper
    finally:
        server.shutdown()
        server.server_close()


def _openssl(*words: str) -> None:
    subprocess.run(("openssl", *words), check=True, capture_output=True)
