"""`openhall seal --blind`: the command line finds in a blind part what the bid room finds, and says it in the same words."""

from pathlib import Path

import pytest
from blind_files import FILES, NAME, WORDS_TOLD
from sealing_desk import Desk, a_desk, code, left
from sealing_scene import CODE

from trading.blind.inspecting import Finding, inspect


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return a_desk(tmp_path)


@pytest.mark.parametrize(("name", "data", "expected"), FILES.values(), ids=FILES.keys())
def test_what_tells_whose_a_blind_part_is_is_found(
    name: str, data: bytes, expected: list[tuple[str, str, str]]
) -> None:
    assert inspect(name, [data], WORDS_TOLD) == [Finding(*one) for one in expected]


def test_sealing_a_blind_part_warns_of_what_names_the_bidder_and_seals_it(desk: Desk) -> None:
    (desk.path / "technical.pdf").write_bytes(f"%PDF-1.7 << /Author (Wen) >> {CODE} {NAME}".encode())
    result = desk.seal("--blind", "technical", "--company", NAME)
    assert result.exit_code == 0, result.output
    assert "In technical.pdf something tells whose it is." in result.stderr
    assert "The properties name an author or company: “Wen”." in result.stderr
    for word in (CODE, NAME):
        assert f"“{word}” stands in plain text in the file." in result.stderr
    assert "technical.sealed" in left(desk, "out")


def test_a_blind_part_that_tells_nothing_is_said_to_tell_nothing(desk: Desk) -> None:
    result = desk.seal("--blind", "technical")
    assert result.exit_code == 0
    assert "Nothing was found in name, properties and plain text of technical.pdf." in result.stderr


def test_a_blind_part_that_is_not_sealed_is_refused(desk: Desk) -> None:
    assert code(desk.seal("--blind", "price")) == "bid.part"
    assert not (desk.path / "out").exists()
