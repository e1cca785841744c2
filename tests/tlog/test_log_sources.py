"""Where a verifier reads a log from: nothing larger than sensible is taken."""

from pathlib import Path

import pytest

from infra.kernel.problems import Problem
from infra.tlog.source import Folder


def test_a_mirrors_file_larger_than_sensible_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(bytes(11))
    with pytest.raises(Problem) as told:
        Folder(tmp_path).fetch("checkpoint", most=10)
    assert told.value.code == "log.source-size"
    assert Folder(tmp_path).fetch("checkpoint", most=11) == bytes(11)
