"""A signature counts with a certificate of the agreed authority, in its time, over exactly these 32 bytes."""

import os
import stat
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.auth.accounts import create_account
from infra.auth.authority import NAME, Authority, found_authority
from infra.auth.certification import certify_key, refuse_revoked, revoke_key
from infra.auth.key_signer import KeyFileSigner
from infra.auth.organisations import register
from infra.auth.signing import Certified, Signer, possession, read_certificate, verify_signature
from infra.auth.tables import SigningKey
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
CREDIT_CODE = "91110000600037341L"
MESSAGE = sha256(b"manifest").digest()
PRIVATE = new_p256(os.urandom)


def an_authority() -> Authority:
    return found_authority(new_p256(os.urandom), NOW, os.urandom)


AUTHORITY = an_authority()


def a_certificate(authority: Authority = AUTHORITY, key: bytes | None = None) -> bytes:
    return authority.certify(
        key or p256_public(PRIVATE),
        subject="云湖建工集团有限公司",
        serial=CREDIT_CODE,
        not_before=NOW,
        not_after=NOW + timedelta(days=365),
        random=os.urandom,
    )


def test_a_signature_names_its_signer() -> None:
    certified = verify_signature(
        AUTHORITY.public_key, a_certificate(), sign_p256(PRIVATE, MESSAGE), MESSAGE, NOW + timedelta(days=1)
    )
    assert certified == Certified("云湖建工集团有限公司", CREDIT_CODE, p256_public(PRIVATE))


def test_the_authority_says_in_its_name_that_it_is_a_demonstration() -> None:
    certificate = x509.load_der_x509_certificate(AUTHORITY.certificate)
    assert f"CN={NAME}" in certificate.subject.rfc4514_string()
    assert "DEMO" in NAME
    certificate.verify_directly_issued_by(certificate)
    x509.load_der_x509_certificate(a_certificate()).verify_directly_issued_by(certificate)


@pytest.mark.parametrize("late", [timedelta(seconds=-1), timedelta(days=365, seconds=1)])
def test_before_and_after_its_time_a_certificate_proves_nothing(late: timedelta) -> None:
    with pytest.raises(Problem, match=r"signing.out-of-date"):
        read_certificate(AUTHORITY.public_key, a_certificate(), NOW + late)


def test_a_foreign_authoritys_certificate_proves_nothing() -> None:
    with pytest.raises(Problem, match=r"signing.not-certified"):
        read_certificate(AUTHORITY.public_key, a_certificate(an_authority()), NOW)


def test_a_certificate_that_was_good_before_is_judged_anew_by_time_and_authority() -> None:
    certificate = a_certificate()
    assert read_certificate(AUTHORITY.public_key, certificate, NOW).serial == CREDIT_CODE
    with pytest.raises(Problem, match=r"signing.out-of-date"):
        read_certificate(AUTHORITY.public_key, certificate, NOW + timedelta(days=366))
    with pytest.raises(Problem, match=r"signing.not-certified"):
        read_certificate(an_authority().public_key, certificate, NOW)


def test_the_authoritys_own_certificate_signs_no_bid() -> None:
    with pytest.raises(Problem, match=r"signing.not-certified.*authority"):
        read_certificate(AUTHORITY.public_key, AUTHORITY.certificate, NOW)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_changed_bit_of_a_certificate_goes_unnoticed() -> None:
    certificate = a_certificate()
    for place in range(8 * len(certificate)):
        changed = bytearray(certificate)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(Problem, match=r"signing.not-certified"):
            read_certificate(AUTHORITY.public_key, bytes(changed), NOW)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 511))
def test_no_changed_bit_of_a_signature_goes_unnoticed(place: int) -> None:
    signature = bytearray(sign_p256(PRIVATE, MESSAGE))
    signature[place // 8] ^= 1 << place % 8
    with pytest.raises(Problem, match=r"signing.bad-signature"):
        verify_signature(AUTHORITY.public_key, a_certificate(), bytes(signature), MESSAGE, NOW)


@pytest.mark.parametrize(
    "message", [b"", MESSAGE[:31], MESSAGE + b"\0", sha256(b"another").digest()], ids=["none", "cut", "longer", "other"]
)
def test_a_signature_fits_no_other_message(message: bytes) -> None:
    with pytest.raises(Problem, match=r"signing.bad-signature"):
        verify_signature(AUTHORITY.public_key, a_certificate(), sign_p256(PRIVATE, MESSAGE), message, NOW)


@pytest.mark.parametrize(
    "key",
    [b"", b"\4" + bytes(64), p256_public(PRIVATE)[:-1], b"\4" + b"\xff" * 64],
    ids=["none", "zeros", "cut", "outside"],
)
def test_what_is_no_point_of_the_curve_is_not_certified(key: bytes) -> None:
    with pytest.raises(Problem, match=r"signing.bad-key"):
        AUTHORITY.certify(key, subject="x", serial="x", not_before=NOW, not_after=NOW + timedelta(1), random=os.urandom)


def test_a_browsers_key_signs_like_a_key_file() -> None:
    browser = ec.generate_private_key(ec.SECP256R1())
    der = browser.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    private = browser.private_numbers().private_value.to_bytes(32)
    assert der
    certificate = a_certificate(key=p256_public(private))
    assert verify_signature(AUTHORITY.public_key, certificate, sign_p256(private, MESSAGE), MESSAGE, NOW)


@pytest.mark.parametrize("passphrase", [None, "云湖 passphrase"])
def test_a_key_file_signs_after_it_was_closed_and_opened(tmp_path: Path, passphrase: str | None) -> None:
    path = tmp_path / "bidder.json"
    made: Signer = KeyFileSigner.create(path, os.urandom, passphrase)
    KeyFileSigner.load(path, passphrase).keep_certificate(a_certificate(key=made.public_key))
    signer: Signer = KeyFileSigner.load(path, passphrase)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signer.certificate is not None
    assert verify_signature(AUTHORITY.public_key, signer.certificate, signer.sign(MESSAGE), MESSAGE, NOW)


def test_a_passphrase_hides_the_key(tmp_path: Path) -> None:
    path = tmp_path / "bidder.json"
    KeyFileSigner.create(path, os.urandom, "right")
    for wrong in (None, "wrong"):
        with pytest.raises(Problem, match=r"key-file.passphrase"):
            KeyFileSigner.load(path, wrong)


def test_a_key_file_is_never_overwritten_nor_read_when_open_or_damaged(tmp_path: Path) -> None:
    path = tmp_path / "bidder.json"
    with pytest.raises(Problem, match=r"key-file.missing"):
        KeyFileSigner.load(path)
    KeyFileSigner.create(path, os.urandom)
    with pytest.raises(Problem, match=r"key-file.exists"):
        KeyFileSigner.create(path, os.urandom)
    path.chmod(0o640)
    with pytest.raises(Problem, match=r"key-file.too-open"):
        KeyFileSigner.load(path)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(Problem, match=r"key-file.damaged"):
        KeyFileSigner.load(path)


def test_only_digests_are_signed(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"signing.not-a-digest"):
        KeyFileSigner.create(tmp_path / "k.json", os.urandom).sign(b"a whole text")


async def a_bidder(database: Database) -> Actor:
    async with database.work(SYSTEM) as work:
        organisation = await register(work, CREDIT_CODE, "云湖建工集团有限公司", "990100")
        account = await create_account(
            work,
            login="bidder",
            name="王工",
            password="correct horse",
            role=Role.BIDDER,
            region="990100",
            organisation=organisation.id,
        )
    return Actor(account.id, Role.BIDDER, organisation.id, "990100")


async def a_key(database: Database, actor: Actor, private: bytes, pseudonym: str | None = None) -> str:
    public = p256_public(private)
    async with database.work(actor) as work:
        proof = sign_p256(private, possession(actor.id, public))
        return (await certify_key(work, AUTHORITY, public, proof, pseudonym)).id


async def certified(database: Database, key_id: str) -> Certified:
    async with database.work(SYSTEM) as work:
        row = await work.session.get_one(SigningKey, key_id)
        found = read_certificate(AUTHORITY.public_key, row.certificate, work.ctx.now)
        await refuse_revoked(work.session, found)
    return found


async def test_a_bidders_key_is_certified_in_the_name_of_the_organisation(database: Database) -> None:
    actor = await a_bidder(database)
    found = await certified(database, await a_key(database, actor, PRIVATE))
    assert (found.subject, found.serial) == ("云湖建工集团有限公司", CREDIT_CODE)


async def test_a_judges_key_for_a_section_shows_the_pseudonym_alone(database: Database) -> None:
    actor = Actor((await a_bidder(database)).id, Role.JUDGE)
    found = await certified(database, await a_key(database, actor, PRIVATE, "P-7f3a"))
    assert (found.subject, found.serial) == ("P-7f3a", "P-7f3a")


async def test_a_key_is_certified_once_and_only_for_who_holds_it(database: Database) -> None:
    actor = await a_bidder(database)
    await a_key(database, actor, PRIVATE)
    with pytest.raises(Problem, match=r"signing.known"):
        await a_key(database, actor, PRIVATE)
    stolen = p256_public(new_p256(os.urandom))
    with pytest.raises(Problem, match=r"signing.no-proof"):
        async with database.work(actor) as work:
            await certify_key(work, AUTHORITY, stolen, sign_p256(PRIVATE, possession(actor.id, stolen)))


async def test_a_revoked_key_is_refused_and_a_strangers_cannot_be_revoked(database: Database) -> None:
    actor = await a_bidder(database)
    key_id = await a_key(database, actor, PRIVATE)
    with pytest.raises(Problem, match=r"signing.unknown"):
        async with database.work(Actor("account-other", Role.BIDDER, "org-other")) as work:
            await revoke_key(work, key_id)
    async with database.work(actor) as work:
        await revoke_key(work, key_id)
    with pytest.raises(Problem, match=r"signing.revoked"):
        await certified(database, key_id)
