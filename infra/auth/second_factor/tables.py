"""Rows of second factors: what an account proves itself with, codes for the day it is lost, half-finished sign-ins."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Count, Id, Instant, Name


class Authenticator(Base):
    """A one-time code generator or a passkey; it counts from `confirmed_at` on.

    `secret` is wrapped by the key service: the shared secret, or of a passkey first the challenge, then its public key.
    `counter` is the last time step used, or the passkey's signature count; neither may come again.
    """

    __tablename__ = "authenticators"

    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[Name]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    credential: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    counter: Mapped[Count] = mapped_column(server_default="0", default=0)
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    used_at: Mapped[Instant | None]

    __table_args__ = (
        CheckConstraint("kind IN ('totp', 'passkey')", name="kind_known"),
        CheckConstraint(
            "kind <> 'passkey' OR (credential IS NULL) = (confirmed_at IS NULL)", name="passkey_has_credential"
        ),
    )


class RecoveryCode(Base):
    """A code that stands in for the second factor once; only its hash is kept."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class PendingSignIn(Base):
    """Somebody whose password was right and whose second factor is awaited (or, `enrolling`, is being set up)."""

    __tablename__ = "pending_sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    challenge: Mapped[bytes] = mapped_column(LargeBinary(32))
    enrolling: Mapped[str | None] = mapped_column(ForeignKey("authenticators.id"))
    expires_at: Mapped[Instant] = mapped_column(index=True)
