"""`openhall key` and `openhall bid` against a served platform, as a bidder uses them."""

import asyncio
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from bid_desk import Desk, bid_of, code, desk, event, hall, origin, section
from click.testing import Result
from portal import PASSWORD

from infra.auth.second_factor import codes
from infra.auth.second_factor.actions import begin, confirm_code, secret_of
from infra.embedded.children import openhall
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from trading.bidding.wire import BLOCK
from web.client import Bidder

sys.path.append(str(Path(__file__).resolve().parents[1] / "clarifications"))
from clarifying import amended

pytestmark = pytest.mark.soak

__all__ = ["desk", "hall", "origin", "section"]

# ---- keys -----------------------------------------------------------------------------------------------------------


async def test_a_new_key_is_certified_for_the_body_and_shown(desk: Desk) -> None:
    key = desk.path / "my.key"
    assert (await desk.run("key", "new", key)).exit_code == 0
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600
    assert "none yet" in (await desk.run("key", "show", key)).stdout
    certified = await desk.run("key", "certify", key, *desk.who())
    assert certified.exit_code == 0, certified.output
    assert desk.hall.bodies["bidder1"].credit_code in certified.stdout
    assert (await desk.run("key", "show", key)).stdout == certified.stdout


async def test_a_lost_certificate_is_fetched_again(desk: Desk) -> None:
    key = desk.path / "my.key"
    await desk.run("key", "new", key)
    await desk.run("key", "certify", key, *desk.who())
    certificate = key.with_suffix(".cer").read_bytes()
    key.with_suffix(".cer").unlink()
    assert (await desk.run("key", "certify", key, *desk.who())).exit_code == 0
    assert key.with_suffix(".cer").read_bytes() == certificate


async def test_a_revoked_key_is_not_certified_again(desk: Desk) -> None:
    key = desk.path / "my.key"
    await desk.run("key", "new", key)
    await desk.run("key", "certify", key, *desk.who())
    async with await desk.hall.client("bidder1") as client:
        newest = (await client.get("/api/signing-keys")).json()["keys"][0]
        await client.post(f"/api/signing-keys/{newest['id']}/revocation", json={"reason": "lost"})
    assert code(await desk.run("key", "certify", key, *desk.who())) == "signing.revoked"


@pytest.mark.parametrize("there", ["my.key", "my.cer"])
async def test_no_key_and_no_certificate_is_overwritten(desk: Desk, there: str) -> None:
    (desk.path / there).write_text("precious")
    assert code(await desk.run("key", "new", desk.path / "my.key")) == "key-file.exists"
    assert (desk.path / there).read_text() == "precious"


async def test_a_key_never_stands_where_its_certificate_is_kept(desk: Desk) -> None:
    assert code(await desk.run("key", "new", desk.path / "my.cer")) == "key-file.name"


async def test_the_certificate_of_another_key_is_noticed(desk: Desk) -> None:
    await desk.run("key", "new", desk.path / "my.key")
    (desk.path / "my.cer").write_bytes(desk.signer.certificate or b"")
    assert code(await desk.run("key", "show", desk.path / "my.key")) == "key-file.other-certificate"


# ---- bids -----------------------------------------------------------------------------------------------------------


async def test_a_bid_is_handed_in_and_its_receipt_holds(desk: Desk) -> None:
    folder = await desk.sealed()
    result = await desk.bid(folder)
    bid_of(result)
    assert "MB/s" in result.stderr
    async with await desk.hall.client() as client:
        (desk.path / "policy.txt").write_text((await client.get("/log/policy.txt")).text)
    line = result.stdout.splitlines()[-1].removeprefix("check it with: openhall ").replace("POLICY", "policy.txt")
    words = line.replace("policy.txt", str(desk.path / "policy.txt")).split()
    assert (await desk.run(*words)).exit_code == 0


async def test_the_password_is_asked_for_on_the_terminal(desk: Desk) -> None:
    folder = await desk.sealed()
    words = "bid", folder, "--section", desk.section, "--key", desk.signer.path, "--platform", desk.origin
    result = await desk.run(*words, "--login", "bidder1", typed=f"{PASSWORD}\n")
    assert bid_of(result)
    assert PASSWORD not in result.output


async def test_a_cut_upload_goes_on_with_the_missing_blocks(desk: Desk) -> None:
    folder = await desk.sealed(size=BLOCK + 1)
    bidder = Bidder(desk.origin, desk.signer)
    await bidder.sign_in("bidder1", PASSWORD)
    bid = (await bidder.start(desk.section, folder))["bid"]
    await bidder.upload(bid, folder, {"technical": [0]})
    await bidder.close()
    result = await desk.bid(folder)
    assert bid_of(result) == bid
    assert "3 blocks to send, 1 there already" in result.stdout


async def test_asking_again_gives_the_same_bid_and_sends_nothing(desk: Desk) -> None:
    folder = await desk.sealed()
    first, again = await desk.bid(folder), await desk.bid(folder, "--receipt", str(desk.path / "again.json"))
    assert bid_of(again) == bid_of(first)
    assert "0 blocks to send" in again.stdout
    assert json.loads((desk.path / "again.json").read_text())["bid"] == bid_of(first)


async def test_a_bid_is_withdrawn_with_a_receipt(desk: Desk) -> None:
    folder = await desk.sealed()
    bid = bid_of(await desk.bid(folder))
    assert (await desk.bid(folder, "--withdraw", bid)).exit_code == 0
    assert event(folder / "withdrawal.json") == "bid.withdrawn"
    assert event(folder / "receipt.json") in ("bid.submitted", "bid.replaced")


@pytest.mark.soak
async def test_after_the_deadline_a_bid_is_late_and_a_receipt_still_comes(desk: Desk) -> None:
    section = await desk.hall.a_tender(8)
    folder, other = await desk.sealed(section=section), await desk.sealed("other", section)
    bid = bid_of(await desk.bid(folder, section=section))
    deadline = (await desk.hall.section(section)).deadline
    assert deadline is not None
    await desk.hall.wait_until(deadline)
    assert code(await desk.bid(other, section=section)) == "bid.late"
    (folder / "receipt.json").unlink()
    assert bid_of(await desk.bid(folder, section=section)) == bid
    assert event(folder / "receipt.json") == "bid.submitted"


async def test_a_receipt_that_is_not_there_in_time_says_that_the_bid_is_in(desk: Desk) -> None:
    result = await desk.bid(await desk.sealed(), "--wait", "0")
    assert code(result) == "receipt.late"
    assert "handed in" in result.stdout


async def test_a_wrong_password_is_refused(desk: Desk) -> None:
    folder = await desk.sealed()
    words = "bid", folder, "--section", desk.section, "--key", desk.signer.path, "--platform", desk.origin
    assert code(await desk.run(*words, "--login", "bidder2", typed="not the password\n")) == "sign-in.refused"


async def test_an_account_with_a_second_factor_gives_its_code(desk: Desk) -> None:
    hall, service = desk.hall, desk.hall.keys.service
    actor = Actor(hall.accounts["bidder3"].id, Role.BIDDER)
    async with hall.database.work(actor) as work:
        made = await begin(work, service, actor.id, "totp", "phone")
        totp = pyotp.TOTP(codes.written(secret_of(service, made)))
        await confirm_code(work, service, made, totp.at(work.ctx.now))
        made.counter -= 10
    desk.login = "bidder3"
    words = "key", "certify", desk.path / "my.key", *desk.who()
    await desk.run("key", "new", desk.path / "my.key")
    assert code(await desk.run(*words)) == "sign-in.code-needed"
    async with hall.database.work(actor) as work:
        now = work.ctx.now
    assert (await desk.run(*words, "--code", totp.at(now))).exit_code == 0


async def test_a_password_file_without_a_first_line_is_refused(desk: Desk) -> None:
    (desk.path / "empty").write_text("\nsecond")
    who = "--platform", desk.origin, "--login", "bidder1", "--password-file", desk.path / "empty"
    assert code(await desk.run("key", "certify", desk.signer.path, *who)) == "password.missing"


async def test_the_key_of_another_body_is_refused(desk: Desk) -> None:
    result = await desk.bid(await desk.sealed(), key=desk.hall.signers["bidder2"].path)
    assert code(result) == "signing.not-yours"
    assert desk.hall.bodies["bidder2"].credit_code in result.stderr


async def test_a_key_without_a_certificate_is_refused(desk: Desk) -> None:
    await desk.run("key", "new", desk.path / "my.key")
    assert code(await desk.bid(await desk.sealed(), key=desk.path / "my.key")) == "key-file.uncertified"


async def test_a_bid_sealed_for_another_section_is_not_sent(desk: Desk) -> None:
    assert code(await desk.bid(await desk.sealed(), section="YH-T-9999/01")) == "seal.section"


@pytest.mark.parametrize(("change", "refusal"), [(-1, "seal.truncated"), (1, "seal.extended")])
async def test_a_container_of_another_size_is_not_sent(desk: Desk, change: int, refusal: str) -> None:
    folder = await desk.sealed()
    content = (folder / "technical.sealed").read_bytes()
    (folder / "technical.sealed").write_bytes(content[:change] if change < 0 else content + b"x")
    assert code(await desk.bid(folder)) == refusal


async def test_a_folder_without_what_seal_made_is_refused(desk: Desk) -> None:
    assert code(await desk.bid(desk.path)) == "seal.file"


async def test_a_receipt_for_a_folder_that_is_not_there_is_refused_before_the_bid_goes_in(desk: Desk) -> None:
    result = await desk.bid(await desk.sealed(), "--receipt", str(desk.path / "nowhere" / "receipt.json"))
    assert (code(result), result.stdout) == ("seal.file", "")


async def test_a_stranger_s_bid_is_not_withdrawn(desk: Desk) -> None:
    folder = await desk.sealed()
    bid = bid_of(await desk.bid(folder))
    desk.login = "bidder2"
    assert code(await desk.bid(folder, "--withdraw", bid)) == "bid.unknown"


@pytest.mark.parametrize("platform", ["http://127.0.0.1:1", "trade.example", "http://[", "ftp://trade.example"])
async def test_a_platform_that_cannot_be_reached_is_told(desk: Desk, platform: str) -> None:
    words = "key", "certify", desk.signer.path, "--platform", platform, "--login", "bidder1"
    assert code(await desk.run(*words, typed=f"{PASSWORD}\n")) == "platform.unreachable"


async def test_an_address_that_is_no_platform_is_told(desk: Desk) -> None:
    words = "key", "certify", desk.signer.path, "--platform", f"{desk.origin}/en", "--login", "bidder1"
    assert code(await desk.run(*words, typed=f"{PASSWORD}\n")) in ("platform.answer", "page.unknown", "request.method")


@pytest.fixture
def silence() -> Iterator[socket.socket]:
    """Somebody who takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        yield listener


@pytest.mark.soak
async def test_ctrl_c_says_that_running_it_again_goes_on(desk: Desk, silence: socket.socket) -> None:
    desk.origin = f"http://127.0.0.1:{silence.getsockname()[1]}"
    folder = await desk.sealed()
    words = "bid", folder, "--section", desk.section, "--key", desk.signer.path, *desk.who()
    started = subprocess.Popen(openhall(*map(str, words)), stderr=subprocess.PIPE, text=True)
    connection, _ = await asyncio.to_thread(silence.accept)
    await asyncio.to_thread(connection.recv, 1)
    started.send_signal(signal.SIGINT)
    said = (await asyncio.to_thread(started.communicate, timeout=60))[1]
    connection.close()
    assert started.returncode == 130
    assert "Run the same command again: it goes on" in said
    assert "Traceback" not in said


# ---- a changed document ---------------------------------------------------------------------------------------------


async def confirmed(desk: Desk, folder: Path, bid: str, *more: str) -> Result:
    return await desk.bid(folder, "--confirm", bid, *more)


@pytest.mark.soak
async def test_a_bid_is_confirmed_for_the_version_that_was_read(desk: Desk) -> None:
    section = await desk.hall.a_tender(3000)
    folder = await desk.sealed(section=section)
    bid = bid_of(await desk.bid(folder, section=section))
    desk.section = section
    assert "nothing to confirm" in (await confirmed(desk, folder, bid)).stdout
    await amended(desk.hall, section)
    unread = await confirmed(desk, folder, bid)
    assert code(unread) == "confirmation.unread"
    document = next(word for word in re.findall("[0-9a-f]{64}", unread.stderr))
    assert code(await confirmed(desk, folder, bid, "--document", "zz")) == "confirmation.document"
    assert code(await confirmed(desk, folder, bid, "--document", "0" * 64)) == "confirmation.outdated"
    assert code(await confirmed(desk, folder, "bid-of-nobody", "--document", document)) == "bid.unknown"
    done = await confirmed(desk, folder, bid, "--document", document)
    assert done.exit_code == 0 and "for version 2" in done.stdout, done.output
    [line] = await desk.hall.lines(Event.BID_CONFIRMED, section=section)
    assert (line.subject, line.facts["version"]) == (bid, 2)


async def test_a_document_is_named_only_to_confirm_a_bid(desk: Desk) -> None:
    folder = await desk.sealed()
    assert (await desk.bid(folder, "--document", "0" * 64)).exit_code == 2
    assert (await desk.bid(folder, "--confirm", "bid-1", "--withdraw", "bid-1")).exit_code == 2
