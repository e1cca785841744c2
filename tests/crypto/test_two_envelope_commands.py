"""`openhall seal` and `openhall bid` with two envelopes: one folder, one bid, one receipt."""

import json
from pathlib import Path

import pytest
from bid_desk import Desk, code, desk, hall, origin, section
from click.testing import Result
from scenes import FAR
from two_envelopes import a_two_envelope_tender

from infra.crypto.seal_kit import read_kit
from infra.kernel.canonical import b64
from trading.opening.form import make_first_form, make_form, make_price_form
from web.client import manifests_of

__all__ = ["desk", "hall", "origin", "section"]

FIRST = make_first_form("300", "合格", "王")


async def keysets(desk: Desk, section: str) -> tuple[Path, Path]:
    """Both keyset documents as the platform serves them."""
    async with await desk.hall.client() as client:
        for name in ("keyset", "second-keyset"):
            answer = await client.get(f"/api/sections/{section}/{name}")
            assert answer.status_code == 200
            (desk.path / f"{name}.json").write_bytes(answer.content)
    return desk.path / "keyset.json", desk.path / "second-keyset.json"


async def sealing(desk: Desk, section: str, form: bytes = FIRST, **files: bytes) -> Result:
    """`openhall seal` of these parts to both keysets, into the folder `out`."""
    first, second = await keysets(desk, section)
    parts = {
        "commercial": b"%PDF-1.7",
        "technical": b"%PDF-1.7",
        "opening-form": form,
        "price": make_price_form("9000000.00"),
    }
    words = []
    for name, content in (parts | files).items():
        (desk.path / name).write_bytes(content)
        words += ["--part", f"{name}={desk.path / name}"]
    bidder = desk.hall.bodies[desk.login].credit_code
    named = ["--keyset", first, "--second-keyset", second, "--section", section, "--bidder", bidder]
    return await desk.run("seal", *named, *words, "--out", desk.path / "out")


async def test_a_folder_in_two_envelopes_is_sealed_handed_in_and_proven_by_one_receipt(desk: Desk) -> None:
    section = await a_two_envelope_tender(desk.hall, FAR)
    assert (await sealing(desk, section)).exit_code == 0
    first, second = manifests_of(desk.path / "out")
    assert ([one.part for one in second.parts], first.round, second.round) == (["price"], "1", "2")
    kit = read_kit((desk.path / "out/kit.json").read_bytes())
    assert set(kit.commit_salts) == {"commercial", "opening-form", "technical", "price"}
    handed = await desk.bid(desk.path / "out", "--kit", str(desk.path / "out/kit.json"), section=section)
    assert handed.exit_code == 0, handed.output
    receipt = json.loads((desk.path / "out/receipt.json").read_bytes())
    assert json.loads(receipt["event"])["facts"]["second"]["manifest"] == b64(second.digest)
    assert {one["part"] for one in receipt["parts"]} == set(kit.commit_salts)
    (desk.path / "policy").write_text((await (await desk.hall.client()).get("/log/policy.txt")).text)
    for name in ("manifest.json", "second-manifest.json"):
        named = ["--policy", desk.path / "policy", "--manifest", desk.path / "out" / name]
        seen = await desk.run("verify", "receipt", desk.path / "out/receipt.json", *named)
        assert seen.exit_code == 0, seen.output


SPOILT = {
    "a price in the first envelope": ({"form": make_form("9000000.00", "300", "合格", "王")}, "opening-form.fields"),
    "no price at all": ({"price": b"{}"}, "opening-form.fields"),
}


@pytest.mark.parametrize(("spoilt", "refusal"), SPOILT.values(), ids=SPOILT.keys())
async def test_what_would_be_no_two_envelopes_is_not_sealed(desk: Desk, spoilt: dict[str, bytes], refusal: str) -> None:
    section = await a_two_envelope_tender(desk.hall, FAR)
    told = await sealing(desk, section, **spoilt)
    assert code(told) == refusal
    assert not list(desk.path.glob("out/*.sealed"))


async def test_a_section_with_one_envelope_has_no_second_keyset(desk: Desk) -> None:
    async with await desk.hall.client() as client:
        answer = await client.get(f"/api/sections/{desk.section}/second-keyset")
    assert (answer.status_code, answer.json()["code"]) == (404, "section.one-envelope")


async def test_a_second_manifest_without_its_signature_is_refused(desk: Desk) -> None:
    async with await desk.hall.client("bidder1") as client:
        told = {"manifest": "", "signature": "", "certificate": "", "second_manifest": ""}
        answer = await client.post(f"/api/sections/{desk.section}/bids", json=told)
    assert answer.json()["code"] == "request.fields"
