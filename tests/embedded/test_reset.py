"""`openhall reset`: only on purpose, only embedded stores, only this home."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.embedded.objects import lock_of as objects_lock
from infra.embedded.places import is_held
from infra.embedded.postgres import lock_of as database_lock
from infra.kernel.problems import Problem
from tests.embedded.conftest import BOTH
from web.commands.reset import command


def reset(home: Path, *arguments: str, **environ: str | None) -> None:
    empty = {"OPENHALL_DATABASE_URL": None, "OPENHALL_S3_URL": None, "OPENHALL_HOME": str(home)}
    CliRunner(env=empty | environ).invoke(command, arguments, catch_exceptions=False)


def test_reset_stops_running_stores_and_removes_what_they_wrote(
    tmp_path: Path, script: Callable[..., subprocess.Popen[str]]
) -> None:
    (tmp_path / "mine").write_text("stays")
    starter = script(BOTH, tmp_path)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "ready\n"
    reset(tmp_path, "--yes")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert not any(is_held(lock) for lock in (database_lock(tmp_path), objects_lock(tmp_path)))


def test_reset_without_yes_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(Problem, match=r"reset.not-confirmed"):
        reset(tmp_path)
    assert (tmp_path / "postgres").is_dir()


@pytest.mark.parametrize(
    ("name", "value"), [("OPENHALL_DATABASE_URL", "postgresql://u@h/d"), ("OPENHALL_S3_URL", "http://a:s@h:1")]
)
def test_reset_never_touches_stores_given_by_an_address(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(Problem, match=r"reset.outside-stores"):
        reset(tmp_path, "--yes", **{name: value})
    assert (tmp_path / "postgres").is_dir()


def test_reset_does_not_follow_a_link_out_of_the_home(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "postgres").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problem, match=r"store.no-permission"):
        reset(tmp_path / "home", "--yes")
    assert (tmp_path / "elsewhere").is_dir()


def test_resetting_an_empty_home_is_no_error(tmp_path: Path) -> None:
    reset(tmp_path / "absent", "--yes")
    assert not (tmp_path / "absent").exists()
