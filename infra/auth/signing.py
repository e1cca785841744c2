"""The signing interface: who can sign a 32-byte digest, and what a signature with its certificate proves.

A signature is ECDSA over SHA-256 of the 32 bytes, as 64 bytes r ‖ s, the form browsers produce. USB keys, phone
certificates and seal services are further implementations of `Signer`.
"""

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from infra.auth.authority import key_of
from infra.crypto.sign import labelled, verify_p256
from infra.kernel.problems import Problem

_UNREADABLE = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
)


class Signer(Protocol):
    """Holds a P-256 key that never leaves it."""

    @property
    def public_key(self) -> bytes:
        """65 bytes `04 ‖ x ‖ y`."""

    @property
    def certificate(self) -> bytes | None:
        """DER, None until an authority has certified the key."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes r ‖ s over a 32-byte message (a digest)."""


def possession(account_id: str, public_key: bytes) -> bytes:
    """What the owner signs to prove the key: SHA-256 of `signing-key/v1 ‖ 00 ‖ SHA-256(account id ‖ 00 ‖ key)`."""
    return sha256(labelled("signing-key/v1", sha256(account_id.encode() + b"\0" + public_key).digest())).digest()


class Certified(NamedTuple):
    """Whom a certificate names: `serial` is a credit code, or a judge's pseudonym for one section."""

    subject: str
    serial: str
    key: bytes


def verify_signature(
    authority_public_key: bytes, certificate_der: bytes, signature: bytes, message: bytes, at: datetime
) -> Certified:
    """Who signed the 32-byte message: `signing.not-certified`, `.out-of-date` or `.bad-signature` where nobody did."""
    certified = read_certificate(authority_public_key, certificate_der, at)
    if len(message) != 32 or not verify_p256(certified.key, message, signature):
        raise Problem("signing.bad-signature", serial=certified.serial)
    return certified


def read_certificate(authority_public_key: bytes, certificate_der: bytes, at: datetime) -> Certified:
    """Whom the authority's certificate names at that time; `signing.not-certified` or `signing.out-of-date`."""
    try:
        certified, begins, ends = _verified(authority_public_key, certificate_der)
    except _UNREADABLE as error:
        raise Problem("signing.not-certified", why=str(error) or type(error).__name__) from error
    if not begins <= at <= ends:
        raise Problem("signing.out-of-date", until=ends.isoformat())
    return certified


def validity(certificate_der: bytes) -> datetime:
    """The last instant of a certificate that stands in our own rows."""
    return x509.load_der_x509_certificate(certificate_der).not_valid_after_utc


@lru_cache(maxsize=4096)
def _verified(authority_public_key: bytes, certificate_der: bytes) -> tuple[Certified, datetime, datetime]:
    """What is true of these bytes under that key for ever; whether it still counts is asked each time."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    if not certificate_der.endswith(b"\0" + certificate.signature):
        raise ValueError("a second spelling of the signature")
    certified = _checked(certificate, key_of(authority_public_key))
    return certified, certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _checked(certificate: x509.Certificate, authority: ec.EllipticCurvePublicKey) -> Certified:
    if certificate.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
        raise ValueError("not signed with ECDSA and SHA-256")
    authority.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(SHA256()))
    extensions = certificate.extensions
    if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise ValueError("an authority's certificate, not a person's")
    if not extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
        raise ValueError("not meant for signatures")
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Certified(
        _only(certificate.subject, NameOID.COMMON_NAME), _only(certificate.subject, NameOID.SERIAL_NUMBER), point
    )


def _only(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = [str(attribute.value) for attribute in name.get_attributes_for_oid(oid)]
    if len(values) != 1:
        raise ValueError("the subject is not one name and one serial")
    return values[0]
