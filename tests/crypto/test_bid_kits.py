"""`openhall bid` where a section asks for the bidder's own factor: the kit is read back before anything is handed in."""

from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from bid_desk import Desk, bid_of, code, desk, hall, origin, section
from scenes import Hall
from sqlalchemy import update

from infra.crypto.manifest import Client, parse_manifest
from infra.crypto.seal_kit import read_kit
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from trading.sections.tables import Section

__all__ = ["desk", "hall", "origin", "section"]

WORDS = "a passphrase with 长度"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def factored(hall: Hall) -> str:
    """A section that asks for the factor."""
    found = await hall.a_tender(3000)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Section).where(Section.id == found).values(bidder_factor=True))
    return found


@pytest.fixture
def passphrase(desk: Desk) -> Path:
    file = desk.path / "words"
    file.write_text(f"{WORDS}\n")
    return file


async def sealed(desk: Desk, factored: str, name: str = "sealed") -> Path:
    return await desk.sealed(name, factored, factor=random_bytes(32), passphrase=WORDS.encode())


async def test_a_bid_with_its_own_factor_goes_in_once_its_kit_was_read_back(
    desk: Desk, factored: str, passphrase: Path
) -> None:
    folder = await sealed(desk, factored)
    bid_of(await desk.bid(folder, "--kit-passphrase-file", str(passphrase), section=factored))


async def test_a_forgotten_passphrase_is_told_before_a_byte_is_sent(
    desk: Desk, factored: str, passphrase: Path
) -> None:
    folder = await sealed(desk, factored)
    passphrase.write_text("another one\n")
    told = await desk.bid(folder, "--kit-passphrase-file", str(passphrase), section=factored)
    assert code(told) == "kit.passphrase"
    assert "blocks to send" not in told.stdout


async def test_the_kit_of_another_bid_is_refused(desk: Desk, factored: str, passphrase: Path) -> None:
    folder, other = await sealed(desk, factored), await sealed(desk, factored, "other")
    words = "--kit", str(other / "kit.json"), "--kit-passphrase-file", str(passphrase)
    assert code(await desk.bid(folder, *words, section=factored)) == "kit.other"


async def test_a_bid_without_the_factor_is_refused_where_the_section_asks_for_it(desk: Desk, factored: str) -> None:
    assert code(await desk.bid(await desk.sealed(section=factored), section=factored)) == "seal.bidder"


async def test_a_bid_that_the_offline_page_sealed_is_rehearsed_before_it_goes_in(desk: Desk, passphrase: Path) -> None:
    folder = await desk.sealed(passphrase=WORDS.encode())
    manifest = parse_manifest((folder / "manifest.json").read_bytes())
    offline = replace(manifest, client=Client("openhall-web 0.1.0 offline", bytes(32)))
    kit = read_kit((folder / "kit.json").read_bytes(), WORDS.encode())
    (folder / "manifest.json").write_bytes(offline.encode())
    (folder / "kit.json").write_bytes(replace(kit, manifest=offline.digest).encode())
    bid_of(await desk.bid(folder))


async def test_the_folder_may_be_named_by_an_option_but_not_twice(desk: Desk) -> None:
    folder = await desk.sealed()
    words = "--section", desk.section, "--key", desk.signer.path, *desk.who()
    assert bid_of(await desk.run("bid", "--folder", folder, *words))
    assert (await desk.run("bid", folder, "--folder", folder, *words)).exit_code == 2
    assert (await desk.run("bid", *words)).exit_code == 2
