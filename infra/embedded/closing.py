"""Close every door of the S3 server but its S3 port: random JWT keys, and client certificates on all other ports.

Its master, filer, volume and admin ports ask for nothing by default: any local user could delete locked objects.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from infra.embedded.places import private_file

TOKENS = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
GRPC = ("master", "volume", "filer", "s3", "admin", "worker", "client")
HTTPS = ("master", "volume", "filer", "admin")
LOOPBACK = ip_address("127.0.0.1")


def close_doors(place: Path, random: Callable[[int], bytes]) -> Path:
    """Write `security.toml`, a fresh key and its certificate into `place`, each for its owner only; the toml's path."""
    key, certificate = _pair(int.from_bytes(random(16)))
    files = {
        "cert": private_file(place / "door.crt", certificate.decode()),
        "key": private_file(place / "door.key", key.decode()),
    }
    pair = "".join(f'{name} = "{_escaped(path)}"\n' for name, path in files.items())
    authority = f'ca = "{_escaped(files["cert"])}"\n'
    text = "".join(f'[{name}]\nkey = "{random(32).hex()}"\n' for name in TOKENS)
    text += "[access]\nui = false\n[filer.expose_directory_metadata]\nenabled = false\n"
    text += f'[admin]\nuser = "openhall"\npassword = "{random(32).hex()}"\n'
    text += f"[grpc]\n{authority}" + "".join(f"[grpc.{name}]\n{pair}" for name in GRPC)
    text += "".join(f"[https.{name}]\n{pair}{authority}" for name in HTTPS)
    text += f"[https.client]\nenabled = true\n{pair}{authority}"
    return private_file(place / "security.toml", text)


def _pair(serial: int) -> tuple[bytes, bytes]:
    """A P-256 key and a certificate that is its own authority, both PEM; who holds the key file is let in."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "openhall embedded store")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, certificate.public_bytes(Encoding.PEM)


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
