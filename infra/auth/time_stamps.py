"""The root certificates of the time-stamp authorities (RFC 3161) that an installation relies on, as files."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from infra.kernel.problems import Problem


def read_anchors(folder: Path) -> dict[str, bytes]:
    """By name, the DER certificates of the folder's `NAME.pem` files; `settings.bad-time-stamp-file`."""
    found = {}
    for path in sorted(folder.glob("*.pem")):
        try:
            found[path.stem] = load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)
        except (OSError, ValueError) as error:
            raise Problem("settings.bad-time-stamp-file", name=path.stem, path=path, why=str(error)) from error
    return found
