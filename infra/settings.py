"""What an installation is told by its environment: stores, port, mode. Nothing else reads OPENHALL_* variables."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from infra.kernel.problems import Problem

Mode = Literal["demo", "production"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class DatabaseAddress:
    """Where a PostgreSQL database is: `host` is a name, an address or the directory of a Unix socket."""

    host: str
    database: str
    user: str
    password: str | None = field(default=None, repr=False)
    port: int = 5432
    options: tuple[tuple[str, str], ...] = ()

    @property
    def sqlalchemy(self) -> str:
        """For `create_async_engine`: postgresql+asyncpg://…"""
        return self._written("postgresql+asyncpg")

    @property
    def dsn(self) -> str:
        """For asyncpg and libpq programs: postgresql://…"""
        return self._written("postgresql")

    def of(self, database: str) -> "DatabaseAddress":
        """The same server and account, another database."""
        return DatabaseAddress(self.host, database, self.user, self.password, self.port, self.options)

    def _written(self, scheme: str) -> str:
        account = quote(self.user, safe="") + ("" if self.password is None else ":" + quote(self.password, safe=""))
        path = quote(self.database, safe="")
        options = dict(self.options)
        if self.host.startswith("/"):
            options |= {"host": self.host, "port": str(self.port)}
            return f"{scheme}://{account}@/{path}?{urlencode(options, quote_via=quote)}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        query = f"?{urlencode(options, quote_via=quote)}" if options else ""
        return f"{scheme}://{account}@{host}:{self.port}/{path}{query}"


@dataclass(frozen=True)
class ObjectAddress:
    """Where an S3 store is: `endpoint` is host:port."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    secure: bool = False
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        """http://ACCESS:SECRET@host:port, the form of OPENHALL_S3_URL; contains the secret."""
        scheme = "https" if self.secure else "http"
        region = "" if self.region == "us-east-1" else f"?region={quote(self.region)}"
        account = f"{quote(self.access_key, safe='')}:{quote(self.secret_key, safe='')}"
        return f"{scheme}://{account}@{self.endpoint}{region}"


@dataclass(frozen=True)
class MailAddress:
    """Where mail is handed in and as whom: `encryption` is from the first byte (`tls`), by STARTTLS, or none."""

    host: str
    port: int
    sender: str
    encryption: Literal["tls", "starttls", "none"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class GatewayAddress:
    """Where a gateway for short messages or calls takes messages, and the secret both sides sign with."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """The settings of one process. `database` and `objects` are None where the embedded stores serve."""

    home: Path
    database: DatabaseAddress | None = None
    objects: ObjectAddress | None = None
    mode: Mode = "demo"
    host: str = "127.0.0.1"
    port: int = 8000
    origin: str = "http://127.0.0.1:8000"
    proxies: tuple[str, ...] = ()
    mail: MailAddress | None = None
    gateways: Mapping[str, GatewayAddress] = field(default_factory=dict)
    time_stamps: Mapping[str, str] = field(default_factory=dict)
    profession_codes: re.Pattern[str] | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read OPENHALL_HOME, _DATABASE_URL, _S3_URL, _MODE, _HOST, _PORT, _ORIGIN, _PROXIES, _SMTP_URL, _SMS_URL, _VOICE_URL,
        _TIME_STAMP_URL, _PROFESSION_CODES.

        `settings.…` for a bad value.
        """
        database, objects = environ.get("OPENHALL_DATABASE_URL"), environ.get("OPENHALL_S3_URL")
        mail = environ.get("OPENHALL_SMTP_URL")
        host, port = environ.get("OPENHALL_HOST") or "127.0.0.1", _port(environ.get("OPENHALL_PORT") or "8000")
        return cls(
            home=Path(environ.get("OPENHALL_HOME") or project_directory() / ".openhall").expanduser().absolute(),
            database=database_address(database) if database else None,
            objects=object_address(objects) if objects else None,
            mode=_mode(environ.get("OPENHALL_MODE") or "demo"),
            host=host,
            port=port,
            origin=_origin(environ.get("OPENHALL_ORIGIN") or _default_origin(host, port)),
            proxies=_proxies(environ.get("OPENHALL_PROXIES") or ""),
            mail=mail_address(mail) if mail else None,
            gateways={
                name: gateway_address(told)
                for name in ("sms", "voice")
                if (told := environ.get(f"OPENHALL_{name.upper()}_URL"))
            },
            time_stamps=_time_stamps(environ.get("OPENHALL_TIME_STAMP_URL") or ""),
            profession_codes=_pattern(environ.get("OPENHALL_PROFESSION_CODES") or ""),
        )

    @property
    def time_stamp_folder(self) -> Path:
        """Where the root certificates of time-stamp authorities stand, `NAME.pem` each."""
        return self.home / "time-stamps"

    @property
    def database_url(self) -> str | None:
        """The outside database for SQLAlchemy, or None."""
        return self.database.sqlalchemy if self.database else None

    @property
    def s3_url(self) -> str | None:
        """The outside object store, or None; contains the secret."""
        return self.objects.url if self.objects else None


def project_directory() -> Path:
    """The project's folder in a checkout, else the current directory: where `.openhall` stands by default."""
    above = Path(__file__).resolve().parents[1]
    return above if (above / "pyproject.toml").is_file() else Path.cwd()


def database_address(text: str) -> DatabaseAddress:
    """Read postgresql://…, postgresql+asyncpg://… or libpq's `host=… dbname=…`; else `settings.bad-database-url`."""
    try:
        found = _from_url(text) if "://" in text else _from_words(text)
        host, user = found.pop("host", "localhost"), found.pop("user")
        password, port = found.pop("password", None), int(found.pop("port", "5432"))
        database = found.pop("dbname", user)
    except (ValueError, KeyError) as error:
        raise Problem("settings.bad-database-url", why=_why(error)) from error
    return DatabaseAddress(host, database, user, password, port, tuple(sorted(found.items())))


def object_address(text: str) -> ObjectAddress:
    """Read http[s]://ACCESS:SECRET@host:port[?region=…]; else `settings.bad-object-url`."""
    try:
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise _Unreadable("it is not http(s)://ACCESS:SECRET@host:port")
        if not parts.username or not parts.password:
            raise _Unreadable("the access key or the secret is missing")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        endpoint = host if parts.port is None else f"{host}:{parts.port}"
        region = parse_qs(parts.query).get("region", ["us-east-1"])[-1]
    except ValueError as error:
        raise Problem("settings.bad-object-url", why=_why(error)) from error
    secret = unquote(parts.password)
    return ObjectAddress(endpoint, unquote(parts.username), secret, parts.scheme == "https", region)


def mail_address(text: str) -> MailAddress:
    """Read smtps://USER:PASSWORD@host[:port]?from=ADDRESS (or smtp://, by STARTTLS); else `settings.bad-mail-url`.

    Mail goes unencrypted to this very machine only.
    """
    try:
        parts = urlsplit(text)
        sender = parse_qs(parts.query).get("from", [""])[-1]
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"}:
            raise _Unreadable("it is not smtps://USER:PASSWORD@host?from=ADDRESS")
        if not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+", sender):
            raise _Unreadable("the sender's address (from=) is missing")
        tls = parts.scheme == "smtps"
        port = parts.port or (465 if tls else 587)
    except ValueError as error:
        raise Problem("settings.bad-mail-url", why=_why(error)) from error
    encryption: Literal["tls", "starttls", "none"] = "tls" if tls else "starttls"
    if not tls and parts.hostname in LOOPBACK:
        encryption = "none"
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MailAddress(parts.hostname, port, sender, encryption, user, password)


def gateway_address(text: str) -> GatewayAddress:
    """Read https://:SECRET@host/path (http:// to this very machine only); else `settings.bad-gateway-url`."""
    try:
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or not parts.password:
            raise _Unreadable("it is not https://:SECRET@host/path")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise _Unreadable("http:// goes to this machine only")
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise Problem("settings.bad-gateway-url", why=_why(error)) from error
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    query = f"?{parts.query}" if parts.query else ""
    return GatewayAddress(f"{parts.scheme}://{host}{port}{parts.path}{query}", unquote(parts.password))


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text, re.ASCII) if text else None
    except re.error as error:
        raise Problem("settings.bad-profession-codes", why=str(error)) from error


class _Unreadable(ValueError):
    """A fault told in words that repeat nothing of the address: it may hold a password."""


def _from_words(text: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in shlex.split(text)]
    if not all(name and sign for name, sign, _ in pairs):
        raise _Unreadable("it is neither a postgresql:// address nor a list of name=value")
    return {name: value for name, _, value in pairs}


def _from_url(text: str) -> dict[str, str]:
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres", "postgresql+asyncpg"}:
        raise _Unreadable("it does not begin with postgresql://")
    found = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    given = {
        "host": unquote(parts.hostname or ""),
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path.lstrip("/")),
    }
    return found | {name: value for name, value in given.items() if value}


def _mode(text: str) -> Mode:
    match text:
        case "demo":
            return "demo"
        case "production":
            return "production"
    raise Problem("settings.bad-mode", mode=text)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise Problem("settings.bad-port", port=text)


def _proxies(text: str) -> tuple[str, ...]:
    """Addresses or networks, separated by commas; anything else is `settings.bad-proxy`."""
    listed = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in listed:
        try:
            ip_network(one)
        except ValueError as error:
            raise Problem("settings.bad-proxy", proxy=one) from error
    return listed


def _time_stamps(text: str) -> dict[str, str]:
    """Names and addresses, `NAME=https://…` with spaces between; `settings.bad-time-stamp`."""
    found: dict[str, str] = {}
    for one in text.split():
        name, _, url = one.partition("=")
        parts = urlsplit(url)
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", name) or name in found:
            raise Problem("settings.bad-time-stamp", why="a name of small letters, digits, dots and dashes, once each")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Problem("settings.bad-time-stamp", why=f"{name} has no address")
        found[name] = url
    return found


def _default_origin(host: str, port: int) -> str:
    return f"http://{host if host in LOOPBACK and ':' not in host else '127.0.0.1'}:{port}"


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        plain = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
        good = plain and parts.path in {"", "/"} and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise Problem("settings.bad-origin", origin=text)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Problem("settings.origin-not-https", origin=text)
    return f"{parts.scheme}://{parts.netloc}"


def _why(error: Exception) -> str:
    match error:
        case KeyError():
            return f"{error.args[0]} is missing"
        case _Unreadable():
            return str(error)
        case _:
            return "a part of it, such as the port, cannot be read"
