"""Two-envelope tenders for tests: a section that asks for two, and bids sealed to both keysets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from envelopes import Envelope, plaintexts, seal, upload
from scenes import LEGAL_WAIT, Hall

from infra.crypto.keyset import Keyset as KeysetDocument
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.bidding.accepting import Taken, start_bid
from trading.bidding.actions import hand_in
from trading.bidding.envelopes import Second
from trading.opening.form import make_first_form, make_price_form
from trading.sections.actions import PARTS, change_section, freeze_document
from trading.sections.tables import Section
from web.demo import cast

PRICES = {f"bidder{number}": f"{8_000_000 + 100_000 * number}.00" for number in range(1, 9)}


@dataclass(frozen=True)
class Pair:
    """A bid in two envelopes."""

    first: Envelope
    second: Envelope

    @property
    def told(self) -> Second:
        """The second as it is handed to the platform."""
        return Second(self.second.manifest.encode(), self.second.signature)

    @property
    def whole(self) -> Envelope:
        """Every container, for the upload."""
        return replace(self.first, containers={**self.first.containers, **self.second.containers})


async def a_two_envelope_tender(
    hall: Hall, seconds: float = 1.5, method: Mapping[str, Any] = cast.METHOD, **terms: Any
) -> str:
    """A published section of two envelopes whose bidding ends in about `seconds`, never before the law's twenty days;
    `terms` as `create_section`.
    """
    section = await hall.a_draft(**terms)
    await in_two_envelopes(hall, section)
    labels = {item["id"]: cast.LABELS[item["id"]] for item in method["items"] if item["id"] in cast.LABELS}
    async with hall.database.work(hall.actor("agent")) as work:
        await freeze_document(work, section, method=dict(method), labels=labels, files=[])
    least = LEGAL_WAIT + seconds * min(hall.pace, 4.0) / 2
    for more in (0.0, 2.0, 8.0):
        await hall._keysets([section], least + more * hall.pace)
        await hall.until(lambda: published(hall, section))
        try:
            await hall.publish(section)
            break
        except Problem as problem:
            if more > 2 or problem.code != "notice.deadline-too-early":
                raise
    return section


async def in_two_envelopes(hall: Hall, section: str, two: bool = True) -> None:
    """Change a draft to two envelopes, or back."""
    async with hall.database.work(hall.actor("agent")) as work:
        await change_section(work, section, cast.FIELDS["name"], fen("10000000.00"), PARTS, two_envelope=two)


async def second_keyset(hall: Hall, section: str) -> KeysetDocument:
    """The published keyset of the second round."""
    async with hall.database.reading() as session:
        found = await session.get_one(Section, section)
        return signed_keyset(await session.get_one(Keyset, found.second_keyset))


async def published(hall: Hall, section: str) -> bool:
    """Whether both keysets are."""
    async with hall.database.reading() as session:
        found = await session.get_one(Section, section)
        both = [await session.get_one(Keyset, one) for one in (found.keyset, found.second_keyset)]
        return all(one.published_at is not None for one in both)


async def a_pair(
    hall: Hall,
    section: str,
    login: str = "bidder1",
    price: str | None = None,
    price_form: bytes | None = None,
    factor: bytes | None = None,
) -> Pair:
    """A bidder's sound bid in two envelopes; `price_form` takes the place of a sound form of the second."""
    code, signer = hall.bodies[login].credit_code, hall.signers[login]
    form = make_first_form("300", "合格", f"负责人{login.removeprefix('bidder')}")
    first = seal(await hall.keyset(section), section, code, signer, plaintexts(login, form), factor)
    told = price_form if price_form is not None else make_price_form(price or PRICES[login])
    second = seal(await second_keyset(hall, section), section, code, signer, {"price": told}, factor)
    return Pair(first, second)


async def start_pair(hall: Hall, login: str, pair: Pair, second: Second | None = None) -> Taken:
    """Open the upload of both; `second` in place of the pair's own."""
    return await start_bid(
        hall.database, hall.actor(login), hall.authority, pair.first.manifest.section, pair.first.manifest.encode(),
        pair.first.signature, pair.first.certificate, second=second or pair.told,
    )  # fmt: skip


async def submitted_pair(hall: Hall, section: str, login: str, pair: Pair | None = None) -> Taken:
    """A bid in two envelopes that stands."""
    pair = pair or await a_pair(hall, section, login)
    bid = await start_pair(hall, login, pair)
    await upload(hall, login, bid.id, pair.whole)
    return await hand_in(hall.database, hall.actor(login), bid.id)
