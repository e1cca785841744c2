"""The bidder's pages as the server sends them: who is let in, what stands on them, what the platform must not learn."""

import json
import re
import zlib
from base64 import a85decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import pytest
import pytest_asyncio
from envelopes import Envelope, an_envelope, prepared, start, submitted, upload
from scenes import Hall, a_hall
from section_story import Story

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64, unb64
from infra.kernel.events import Event
from infra.objects import Objects
from trading.bidding.rehearsing import BROWSER
from web.bidder.device import LARGEST
from web.i18n import Language

FORM_TOKEN = re.compile(r'<meta name="form-token" content="([^"]+)">')


@dataclass
class Room:
    """A hall with two sections of open bidding; bidder1 has a bid that stands in the first and nothing in the other."""

    hall: Hall
    section: str
    other: str
    bid: str

    async def get(self, path: str, login: str | None = "bidder1") -> httpx.Response:
        """One page as this login gets it."""
        async with await self.hall.client(login) as client:
            return await client.get(path)

    async def post(self, path: str, login: str | None = "bidder1", **said: Any) -> httpx.Response:
        """One request of a program of this login."""
        async with await self.hall.client(login) as client:
            return await client.post(path, **said)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Room]:
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        section, other = [await hall.a_tender(1500) for _ in range(2)]
        bid = (await submitted(hall, section, "bidder1")).id
        await hall.until(lambda: _receipt(hall, bid))
        yield Room(hall, section, other, bid)


async def _receipt(hall: Hall, bid: str) -> bool:
    async with await hall.client("bidder1") as client:
        return (await client.get(f"/api/bids/{bid}/receipt")).status_code == 200


async def sealed_in_browser(hall: Hall, section: str, login: str) -> Envelope:
    """A sound bid whose manifest says that it was sealed in a browser."""
    envelope = await an_envelope(hall, section, login)
    client = envelope.manifest.client.__class__(f"{BROWSER} test", bytes(32))
    return envelope.resigned(hall.signers[login], client=client)


# ---- the bid room ---------------------------------------------------------------------------------------------------


async def test_requirement_02_the_bid_room_tells_the_deadline_in_absolute_time_with_offset_and_countdown(
    room: Room,
) -> None:
    text = (await room.get(f"/sections/{room.other}/bid")).text
    deadline = (await room.hall.section(room.other)).deadline
    assert deadline is not None
    assert f'datetime="{deadline:%Y-%m-%dT%H:%M:%SZ}"' in text
    assert f'data-until="{deadline:%Y-%m-%dT%H:%M:%SZ}"' in text
    assert "UTC+8" in text


async def test_requirement_03_the_room_says_before_sealing_that_the_server_decides_by_the_last_byte(room: Room) -> None:
    text = (await room.get(f"/en/sections/{room.other}/bid")).text
    said = text.index("The server's clock alone decides what is late")
    assert "the last byte has arrived" in text[said : said + 300]
    assert 'id="seal-button"' in text


async def test_requirement_07_a_bid_in_one_section_says_nothing_of_the_other(room: Room) -> None:
    first = (await room.get(f"/sections/{room.section}/bid")).text
    second = (await room.get(f"/sections/{room.other}/bid")).text
    assert 'id="standing"' in first
    assert 'id="standing"' not in second
    assert room.bid not in second


async def test_requirement_08_every_part_of_the_section_is_a_task_that_is_always_visible(room: Room) -> None:
    text = (await room.get(f"/sections/{room.other}/bid")).text
    tasks = re.findall(r'data-task="([a-z-]+)">', text)
    assert tasks == ["opening-form", "commercial", "technical", "sealed", "rehearsed", "submitted"]
    assert re.findall(r'data-part="([a-z-]+)"', text) == ["commercial", "technical", "consortium-agreement"]


async def test_requirement_18_sealing_and_handing_in_show_what_follows_and_focus_no_confirmation(room: Room) -> None:
    text = (await room.get(f"/en/sections/{room.other}/bid")).text
    assert "Sealing fixes price and files" in text
    assert 'id="submit-consequence"' in text
    assert "autofocus" not in text
    withdrawal = (await room.get(f"/en/bids/{room.bid}/withdrawal")).text
    assert "deleted unread and cannot be restored" in withdrawal
    assert "autofocus" not in withdrawal


async def test_requirement_19_a_browser_without_scripts_gets_a_plain_page_with_another_way(room: Room) -> None:
    text = (await room.get(f"/en/sections/{room.other}/bid")).text
    assert re.search(r'id="room" hidden', text)
    plain = text[text.index('id="plain"') : text.index('id="room"')]
    assert "openhall seal" in plain
    assert "hidden" not in plain


async def test_the_form_of_the_room_has_no_address_to_be_sent_to(room: Room) -> None:
    text = (await room.get(f"/sections/{room.other}/bid")).text
    form = text[text.index('id="price-form"') - 60 : text.index("</form>", text.index('id="price-form"'))]
    assert "action=" not in form
    assert "method=" not in form


@pytest.mark.parametrize("login", ["agent", "centre", "supervisor"])
async def test_only_bidders_enter_a_bid_room(room: Room, login: str) -> None:
    for path in (
        f"/sections/{room.section}/bid",
        f"/sections/{room.section}/mine",
        "/bids",
        f"/bids/{room.bid}/receipt",
    ):
        assert (await room.get(path, login)).status_code == 403


async def test_a_visitor_is_led_to_sign_in_and_back(room: Room) -> None:
    answer = await room.get(f"/sections/{room.section}/bid", None)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=%2Fsections")


async def test_an_unpublished_section_has_no_bid_room(room: Room) -> None:
    draft = await room.hall.a_draft()
    assert (await room.get(f"/sections/{draft}/bid")).status_code == 404
    assert (await room.get(f"/sections/{draft}/mine")).status_code == 404


async def test_after_the_deadline_the_room_says_so(story: Story) -> None:
    async with await story.hall.client("bidder1") as client:
        text = (await client.get(f"/en/sections/{story.opened}/bid")).text
    assert "Bidding for this section is over" in text
    assert 'id="seal-button"' not in text


# ---- rehearsal ------------------------------------------------------------------------------------------------------


async def test_requirement_09_a_bid_sealed_in_a_browser_is_refused_until_its_kit_was_rehearsed(room: Room) -> None:
    hall = room.hall
    envelope = await sealed_in_browser(hall, room.other, "bidder2")
    bid = (await start(hall, "bidder2", envelope)).id
    await upload(hall, "bidder2", bid, envelope)
    refused = await room.post(f"/api/bids/{bid}/submission", "bidder2", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "bid.not-rehearsed")
    told = {"manifest": b64(envelope.manifest.digest)}
    path = f"/api/sections/{room.other}/rehearsals"
    assert [(await room.post(path, "bidder2", json=told)).status_code for _ in range(2)] == [201, 200]
    assert (await room.post(f"/api/bids/{bid}/submission", "bidder2", json={})).status_code == 200
    [line] = [one for one in await hall.lines(Event.BID_REHEARSED) if one.subject == told["manifest"]]
    assert (line.facts, line.section, line.salt) == ({}, None, None)


async def test_another_bidders_rehearsal_does_not_count(room: Room) -> None:
    hall = room.hall
    envelope = await sealed_in_browser(hall, room.other, "bidder3")
    told = {"manifest": b64(envelope.manifest.digest)}
    assert (await room.post(f"/api/sections/{room.other}/rehearsals", "bidder2", json=told)).status_code == 201
    bid = (await start(hall, "bidder3", envelope)).id
    await upload(hall, "bidder3", bid, envelope)
    refused = await room.post(f"/api/bids/{bid}/submission", "bidder3", json={})
    assert refused.json()["code"] == "bid.not-rehearsed"


async def test_a_bid_sealed_by_a_program_needs_no_rehearsal_here(room: Room) -> None:
    bid = await prepared(room.hall, room.other, "bidder1")
    assert (await room.post(f"/api/bids/{bid}/submission", json={})).status_code == 200


@pytest.mark.parametrize(
    ("login", "told", "code"),
    [
        ("bidder1", {"manifest": "AAAA"}, "base64.bad"),
        ("bidder1", {"manifest": 1}, "request.fields"),
        ("bidder1", {}, "request.fields"),
        ("agent", {"manifest": b64(bytes(32))}, "page.not-yours"),
        (None, {"manifest": b64(bytes(32))}, "session.needed"),
    ],
)
async def test_a_rehearsal_is_told_by_a_bidder_as_a_hash_of_32_bytes(
    room: Room, login: str | None, told: dict[str, Any], code: str
) -> None:
    answer = await room.post(f"/api/sections/{room.section}/rehearsals", login, json=told)
    assert answer.json()["code"] == code


async def test_a_rehearsal_exists_before_the_deadline_or_never(story: Story) -> None:
    async with await story.hall.client("bidder1") as client:
        told = {"manifest": b64(bytes(32))}
        answer = await client.post(f"/api/sections/{story.opened}/rehearsals", json=told)
        unknown = await client.post("/api/sections/YH-NO/01/rehearsals", json=told)
    assert (answer.json()["code"], unknown.json()["code"]) == ("bid.late", "section.unknown")


# ---- device ---------------------------------------------------------------------------------------------------------


async def test_the_device_check_names_a_fix_for_every_line(room: Room) -> None:
    text = (await room.get("/en/device")).text
    assert text.count('class="fix"') == text.count("data-check=") == 10


async def test_the_speed_probe_reads_bytes_and_forgets_them_up_to_a_bound(room: Room) -> None:
    fits = await room.post("/api/device/speed", content=bytes(LARGEST))
    exceeds = await room.post("/api/device/speed", content=bytes(LARGEST + 1))
    beyond = await room.post("/api/device/speed", content=bytes(LARGEST + 2))
    assert fits.json() == {"size": LARGEST}
    assert (exceeds.status_code, exceeds.json()["code"]) == (413, "device.too-large")
    assert beyond.status_code == 413
    assert (await room.post("/api/device/speed", None, content=b"x")).status_code == 401


async def test_the_words_of_the_script_are_there_in_both_languages(room: Room) -> None:
    for prefix, said in (("", "封存"), ("/en", "Seal")):
        text = (await room.get(f"{prefix}/sections/{room.other}/bid")).text
        found = re.search(r'data-words="([^"]+)"', text)
        assert found is not None
        words = json.loads(found[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))
        assert said in words["sealing"]


# ---- receipts -------------------------------------------------------------------------------------------------------


async def test_until_the_log_is_co_signed_the_receipt_page_waits(room: Room) -> None:
    bid = (await submitted(room.hall, room.section, "bidder3")).id
    shown = await room.get(f"/en/bids/{bid}/receipt", "bidder3")
    file = await room.get(f"/bids/{bid}/receipt.json", "bidder3")
    assert "this page waits for it" in shown.text
    assert "Download the receipt" not in shown.text
    assert file.status_code == 504
    listed = (await room.get("/en/desk", "bidder3")).text
    assert "A receipt is being co-signed" in listed


async def test_a_bids_own_address_leads_to_its_receipt_or_to_its_room(room: Room) -> None:
    unfinished = await prepared(room.hall, room.section, "bidder2")
    led = [await room.get(f"/bids/{bid}", login) for bid, login in ((room.bid, "bidder1"), (unfinished, "bidder2"))]
    assert [one.headers["location"] for one in led] == [
        f"/bids/{room.bid}/receipt",
        f"/sections/{room.section}/bid",
    ]


async def test_nobody_finds_a_strangers_bid(room: Room) -> None:
    for tail in ("", "/receipt", "/receipt.json", "/withdrawal"):
        assert (await room.get(f"/bids/{room.bid}{tail}", "bidder2")).status_code == 404
        assert (await room.get(f"/bids/bid-{'0' * 20}{tail}")).status_code == 404
    assert room.bid not in (await room.get("/bids", "bidder2")).text


async def test_the_agents_desk_is_the_same_whatever_is_handed_in(room: Room) -> None:
    before = moving((await room.get("/desk", "agent")).text)
    await submitted(room.hall, room.section, "bidder2")
    assert moving((await room.get("/desk", "agent")).text) == before
    assert (await room.hall.section(room.section)).title in before


def moving(text: str) -> str:
    """A page without what moves by itself: times, countdowns, the form token."""
    return FORM_TOKEN.sub("", re.sub(r"<(server-clock|count-down|clock-state).*?</\1>", "", text, flags=re.S))


# ---- the receipt as PDF ---------------------------------------------------------------------------------------------


def written(pdf: bytes) -> str:
    """The text that a PDF draws with its Latin fonts, whether or not its streams are kept to printable characters."""
    streams = re.findall(rb"/Filter \[(.*?)\].*?stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    bare = [a85decode(b"<~" + one.strip(), adobe=True) if b"ASCII85" in how else one for how, one in streams]
    pages = [zlib.decompressobj().decompress(one) for one in bare]
    return "".join("".join(re.findall(r"\((.*?)\) Tj", page.decode("latin-1"))) for page in pages)


async def test_requirement_25_the_receipt_prints_as_pdf_with_its_hash_on_every_sheet(room: Room) -> None:
    for language in ("", "/en"):
        answer = await room.get(f"{language}/bids/{room.bid}/receipt.pdf")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        receipt = (await room.get(f"/bids/{room.bid}/receipt.json")).json()
        text = written(answer.content)
        assert text.count(unb64(receipt["manifest"]).hex()) == 2 and room.bid in text
        for part in receipt["parts"]:
            assert unb64(part["root"]).hex() in text
        assert all(f"{body}.trustee.example" in text for body in ("agent", "centre"))


async def test_the_pdf_of_a_stranger_s_receipt_is_unknown(room: Room) -> None:
    assert (await room.get(f"/bids/{room.bid}/receipt.pdf", "bidder2")).status_code == 404


async def test_the_pdf_waits_for_the_co_signed_log_as_the_file_does(room: Room) -> None:
    bid = (await submitted(room.hall, room.other, "bidder3")).id
    answer = await room.get(f"/bids/{bid}/receipt.pdf", "bidder3")
    assert answer.status_code == (await room.get(f"/bids/{bid}/receipt.json", "bidder3")).status_code != 200


# ---- the offline page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(Language))
async def test_the_room_shows_the_hash_of_the_offline_page_that_it_offers(room: Room, language: Language) -> None:
    page = await room.get(f"{language.prefix}/seal-offline.html", None)
    assert page.status_code == 200 and page.headers["content-disposition"].startswith("attachment")
    assert sha256(page.content).hexdigest() in (await room.get(f"{language.prefix}/sections/{room.other}/bid")).text


async def test_the_offline_page_may_connect_to_nothing_and_names_no_other_file(room: Room) -> None:
    text = (await room.get("/seal-offline.html", None)).text
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert len(policy) == 1 and "default-src 'none'" in policy[0] and "connect-src 'none'" in policy[0]
    page = text.partition('<script type="application/json"')[0]
    assert not re.findall(r'(?:src|href)="', page)
