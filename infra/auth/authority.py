"""A local certificate authority marked DEMO: real X.509 (RFC 5280) over P-256, no legal effect and no claim to one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from infra.kernel.problems import Problem

NAME = "Openhall DEMO CA"
LIFETIME = timedelta(days=3650)


@dataclass(frozen=True)
class Authority:
    """The authority's private key (32 bytes) and its self-signed certificate (DER)."""

    private: bytes = field(repr=False)
    certificate: bytes

    @cached_property
    def public_key(self) -> bytes:
        """The trust anchor that policies pin: 65 bytes `04 ‖ x ‖ y`."""
        return _point(_key(self.private).public_key())

    def certify(
        self,
        public_key: bytes,
        *,
        subject: str,
        serial: str,
        not_before: datetime,
        not_after: datetime,
        random: Callable[[int], bytes],
    ) -> bytes:
        """A DER certificate binding a 65-byte P-256 key to a name and a serial (credit code or pseudonym).

        `signing.bad-key` when the key is no point of the curve, `signing.bad-subject` for a name that cannot stand.
        """
        usage = _usage(digital_signature=True)
        builder = _builder(subject, serial, key_of(public_key), not_before, not_after, random)
        return _signed(builder.issuer_name(_issuer()), self.private, usage, ca=False)


def found_authority(private: bytes, now: datetime, random: Callable[[int], bytes]) -> Authority:
    """An authority with a fresh self-signed certificate over this private key, good for ten years."""
    public = _point(_key(private).public_key())
    builder = _builder(NAME, "DEMO", key_of(public), now, now + LIFETIME, random)
    return Authority(private, _signed(builder.issuer_name(_issuer()), private, _usage(key_cert_sign=True), ca=True))


def key_of(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """The key of 65 bytes `04 ‖ x ‖ y`; `signing.bad-key` when they are no point of P-256."""
    try:
        if len(public_key) != 65:
            raise ValueError("not 65 bytes")
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError as error:
        raise Problem("signing.bad-key", why=str(error)) from error


def _key(private: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private), ec.SECP256R1())


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _issuer() -> x509.Name:
    return _name(NAME, "DEMO")


def _name(common: str, serial: str) -> x509.Name:
    try:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, common.encode()[:64].decode(errors="ignore")),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, serial),
            ]
        )
    except ValueError as error:
        raise Problem("signing.bad-subject", why=str(error)) from error


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=digital_signature,
        crl_sign=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: str,
    serial: str,
    key: ec.EllipticCurvePublicKey,
    not_before: datetime,
    not_after: datetime,
    random: Callable[[int], bytes],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject, serial))
        .public_key(key)
        .serial_number(1 + int.from_bytes(random(16)))
        .not_valid_before(not_before.replace(microsecond=0))
        .not_valid_after(not_after.replace(microsecond=0))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, private: bytes, usage: x509.KeyUsage, *, ca: bool) -> bytes:
    authority = _key(private)
    return (
        builder.add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        .sign(authority, SHA256())
        .public_bytes(Encoding.DER)
    )
