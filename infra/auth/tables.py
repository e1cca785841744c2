"""Rows of who may act: organisations, accounts, memberships, web sessions, kept input, sign-in counts, keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Count, Facts, Id, Instant, Name, Regional
from infra.kernel.context import Role

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
FOR_A_BODY = frozenset({Role.BIDDER, Role.PROCURING, Role.AGENT})
GRANTABLE = ADMINISTRATORS | FOR_A_BODY | {Role.CENTRE, Role.SUPERVISOR, Role.JUDGE, Role.EXPERT, Role.POOL}


def _among(column: str, roles: frozenset[Role]) -> str:
    return f"{column} IN ({', '.join(repr(str(role)) for role in sorted(roles))})"


class Organisation(Regional, Base):
    """A body that takes part, known by its unified social credit code 统一社会信用代码 (GB 32100-2015)."""

    __tablename__ = "organisations"

    id: Mapped[Id]
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[Name]
    created_at: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("length(credit_code) = 18", name="credit_code_length"),
        CheckConstraint("name <> ''", name="named"),
    )


class Account(Base):
    """A person who signs in; what the person may do stands in the memberships."""

    __tablename__ = "accounts"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Name]
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Instant]
    disabled_at: Mapped[Instant | None]


class Membership(Base):
    """One role of an account in a region, on behalf of an organisation where the role speaks for a body.

    For a body it is a mandate 授权: it has a `scope`, and counts no more from `valid_until` or `ended_at` on.
    """

    __tablename__ = "memberships"

    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    organisation: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[Role] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(6))
    scope: Mapped[Name | None]
    valid_until: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("account", "organisation", "role", "region", postgresql_nulls_not_distinct=True),
        CheckConstraint(_among("role", GRANTABLE), name="role_grantable"),
        CheckConstraint(f"organisation IS NOT NULL OR NOT {_among('role', FOR_A_BODY)}", name="body_named"),
        Index(
            "uq_memberships_one_administrator",
            "account",
            unique=True,
            postgresql_where=_among("role", ADMINISTRATORS),
        ),
    )

    def lasts(self, now: datetime) -> bool:
        """Whether the account may act in this role at this time."""
        return self.ended_at is None and (self.valid_until is None or self.valid_until > now)


class WebSession(Base):
    """A signed-in browser; only the hash of its token is kept. A judge has no account but a `seat`, in its region."""

    __tablename__ = "web_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    membership: Mapped[str | None] = mapped_column(ForeignKey("memberships.id"))
    seat: Mapped[str | None] = mapped_column(String(64), index=True)
    seat_region: Mapped[str | None] = mapped_column(String(6))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant] = mapped_column(index=True)
    last_seen: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("(account IS NULL) <> (seat IS NULL)", name="account_or_seat"),
        CheckConstraint("(seat IS NULL) = (seat_region IS NULL)", name="seat_has_region"),
    )


class KeptInput(Base):
    """What somebody had typed into a form when the session ended; given back, for a day, to the same account or seat."""

    __tablename__ = "kept_inputs"

    id: Mapped[Id]
    owner: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(400))
    fields: Mapped[Facts]
    kept_at: Mapped[Instant] = mapped_column(index=True)


class SignInCount(Base):
    """How often a login (or a login from one address) was tried since `since`; the key is a hash, no name is kept."""

    __tablename__ = "sign_in_counts"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tries: Mapped[Count]
    since: Mapped[Instant] = mapped_column(index=True)


class SigningKey(Base):
    """A certified P-256 key of an organisation or of a person; `serial` is its subject's credit code or pseudonym.

    `place` is where its private half lives: `browser` or `file`; `certified_by` the account that proved it.
    """

    __tablename__ = "signing_keys"

    id: Mapped[Id]
    organisation: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    account: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    serial: Mapped[str] = mapped_column(String(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(65), unique=True)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    certified_by: Mapped[str | None] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(10), server_default="file", default="file")
    created_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        CheckConstraint("(organisation IS NULL) <> (account IS NULL)", name="one_owner"),
        CheckConstraint("octet_length(public_key) = 65", name="uncompressed_point"),
        CheckConstraint("place IN ('browser', 'file')", name="place_known"),
    )
