"""Settings: what the environment may say, and the sentence for what it may not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress, ObjectAddress, Settings, database_address, object_address, project_directory

words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z][a-z0-9]{0,5}){0,2}", fullmatch=True)
hosts = st.one_of(names, words.map(lambda word: "/run/" + word), st.just("::1"))


def test_an_empty_environment_is_a_demo_on_the_loopback_with_embedded_stores() -> None:
    settings = Settings.from_environment({})
    assert (settings.mode, settings.host, settings.port, settings.origin) == (
        "demo",
        "127.0.0.1",
        8000,
        "http://127.0.0.1:8000",
    )
    assert (settings.database_url, settings.s3_url) == (None, None)
    assert settings.home == project_directory() / ".openhall"


def test_a_relative_home_is_made_absolute() -> None:
    assert Settings.from_environment({"OPENHALL_HOME": "x/y"}).home == Path.cwd() / "x/y"


@pytest.mark.parametrize(
    ("text", "host", "database"),
    [
        ("postgresql://u:p@db.example/hall", "db.example", "hall"),
        ("postgresql+asyncpg://u:p@db.example:5432/hall", "db.example", "hall"),
        ("postgresql://u:p@/hall?host=/var/run/pg", "/var/run/pg", "hall"),
        ("postgresql://u:p@%2Fvar%2Frun%2Fpg/hall", "/var/run/pg", "hall"),
        ("host=/var/run/pg user=u password='p' dbname=hall", "/var/run/pg", "hall"),
        ("user=u password=p", "localhost", "u"),
    ],
)
def test_a_database_address_has_many_forms(text: str, host: str, database: str) -> None:
    assert database_address(text) == DatabaseAddress(host, database, "u", "p")


@given(hosts, words, words, st.none() | words, st.integers(1, 65535))
def test_a_database_address_survives_being_written_and_read(
    host: str, database: str, user: str, password: str | None, port: int
) -> None:
    address = DatabaseAddress(host, database, user, password, port)
    assert database_address(address.dsn) == address
    assert database_address(address.sqlalchemy) == address


@given(hosts, words, words, words)
def test_sqlalchemy_reads_what_was_meant(host: str, database: str, user: str, password: str) -> None:
    url = make_url(DatabaseAddress(host, database, user, password).sqlalchemy)
    assert (url.host or url.query["host"], url.database, url.username, url.password) == (host, database, user, password)


@given(names, st.integers(1, 65535), words, words, st.booleans())
def test_an_object_address_survives_being_written_and_read(
    host: str, port: int, access: str, secret: str, secure: bool
) -> None:
    address = ObjectAddress(f"{host}:{port}", access, secret, secure)
    assert object_address(address.url) == address


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DATABASE_URL", "mysql://u@h/d", "settings.bad-database-url"),
        ("DATABASE_URL", "postgresql://h/d", "settings.bad-database-url"),
        ("DATABASE_URL", "postgresql://u@h:port/d", "settings.bad-database-url"),
        ("DATABASE_URL", "nonsense", "settings.bad-database-url"),
        ("S3_URL", "127.0.0.1:9000", "settings.bad-object-url"),
        ("S3_URL", "http://127.0.0.1:9000", "settings.bad-object-url"),
        ("S3_URL", "http://a:s@127.0.0.1:9000/bucket", "settings.bad-object-url"),
        ("S3_URL", "http://a:s@127.0.0.1:99999", "settings.bad-object-url"),
        ("MODE", "prod", "settings.bad-mode"),
        ("PORT", "0", "settings.bad-port"),
        ("PORT", "65536", "settings.bad-port"),
        ("PORT", "８０００", "settings.bad-port"),
        ("ORIGIN", "hall.example", "settings.bad-origin"),
        ("ORIGIN", "https://hall.example/path", "settings.bad-origin"),
        ("ORIGIN", "https://hall.example:port", "settings.bad-origin"),
        ("ORIGIN", "http://hall.example", "settings.origin-not-https"),
        ("PROFESSION_CODES", "[ABC", "settings.bad-profession-codes"),
    ],
)
def test_a_bad_value_is_refused_with_a_code(name: str, value: str, code: str) -> None:
    with pytest.raises(Problem) as told:
        Settings.from_environment({f"OPENHALL_{name}": value})
    assert told.value.code == code


def test_no_secret_shows_when_settings_are_printed() -> None:
    settings = Settings.from_environment(
        {"OPENHALL_DATABASE_URL": "postgresql://u:geheim@h/d", "OPENHALL_S3_URL": "http://a:geheim@h:1"}
    )
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    "text", ["postgresql://u:geheim@h:geheim/d", "geheim://u@h/d", "user=u password=geheim port=geheim", "'geheim"]
)
def test_a_refused_address_is_not_repeated_because_it_may_hold_a_password(text: str) -> None:
    with pytest.raises(Problem) as told:
        Settings.from_environment({"OPENHALL_DATABASE_URL": text})
    assert "geheim" not in str(told.value)
