"""What is shown at the opening and refused with codes that no other story gives."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.crypto.seal_header import parse_header
from infra.crypto.seal_kit import BidKit
from infra.edge import random_bytes
from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.uploads import BUCKET
from trading.opening import resealing
from trading.opening.form import FORMAT, read_form
from trading.opening.resealing import reseal
from web.cli import group

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/sealed-bid.json").read_text())


@pytest.mark.parametrize("days", ["", "0", "-1", "007", "3.5", "三百", "1" * 40])
def test_a_form_whose_duration_is_no_number_of_days_is_refused(days: str) -> None:
    form = {"format": FORMAT, "price": "9000000.00", "duration": days, "quality": "合格", "leader": "某人"}
    with pytest.raises(Problem) as told:
        read_form(canonical(form))
    assert told.value.code == "opening-form.duration"


async def _falling_silent() -> AsyncIterator[bytes]:
    yield b"the first piece"
    await asyncio.sleep(60)


async def test_a_sender_that_falls_silent_is_given_up_and_leaves_nothing(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "STALLED", 0.05)
    await objects.ensure_bucket(BUCKET, lock=True)
    header = parse_header(b64decode(VECTORS["opens"][0]["container"]))
    for _ in range(2):
        with pytest.raises(Problem) as told:
            await reseal(objects, "silent-sender", header, _falling_silent(), 1 << 20, random_bytes)
        assert told.value.code == "remedy.interrupted"
    assert [one for one in await objects.list(BUCKET) if "silent-sender" in one.key] == []


def test_a_kit_without_a_factor_gives_none_and_nobody_is_asked(tmp_path: Path) -> None:
    kit, nothing = tmp_path / "kit.json", tmp_path / "nothing"
    code = "91420100MA4K00001X"
    kit.write_bytes(BidKit("YH-T-1/01", "1", code, bytes(32), None, bytes(32), {"technical": bytes(32)}).encode())
    nothing.write_text("")
    words = ["--kit", str(kit), "--key", str(nothing), "--platform", "http://127.0.0.1:9", "--login", "x"]
    told = CliRunner().invoke(group, ["factor", "some-bid", *words, "--password-file", str(nothing)])
    assert (told.exit_code, told.output.partition(": ")[0]) == (2, "kit.no-factor")
