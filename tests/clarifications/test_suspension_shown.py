"""A tender that stands still for an objection says so wherever its opening is shown, and neither who objects nor to what."""

from clarifying import OBJECTION, answered, asked
from scenes import FAR, Hall

from web.i18n import ZONE, Language
from web.law import cited

ARTICLE = cited("TBR 22", Language.EN)
SUSPENDED = "Suspended: an objection waits for its answer"
"""As the calendar says it; other tenders of the day may stand still as well."""


async def shown(hall: Hall, section: str) -> dict[str, str]:
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    pages = {
        "section": f"/sections/{section}",
        "clarifications": f"/sections/{section}/clarifications",
        "hall": f"/sections/{section}/hall",
        "screen": f"/sections/{section}/hall/screen",
        "calendar": f"/openings?view=day&day={deadline.astimezone(ZONE):%Y-%m-%d}",
    }
    async with await hall.client("centre") as client:
        return {name: (await client.get(f"/en{path}")).text for name, path in pages.items()}


async def test_a_suspension_is_shown_with_since_when_and_why_until_the_answer_is_published(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    before = await shown(hall, section)
    listed = before.pop("calendar").count(SUSPENDED)
    assert not any("Suspended" in page or "stands still" in page for page in before.values())
    objection = await asked(hall, section, kind="objection", text=OBJECTION)
    told = await shown(hall, section)
    since = (await hall.section(section)).suspended_at
    assert since is not None and objection.due_at is not None
    for name, page in told.items():
        assert OBJECTION not in page and hall.bodies["bidder1"].name not in page, name
    for name in ("section", "clarifications", "hall"):
        assert f"an objection to the document waits for its answer ({ARTICLE})" in told[name], name
        assert f"{since.astimezone(ZONE):%H:%M:%S}" in told[name], name
        assert f"{objection.due_at.astimezone(ZONE):%H:%M:%S}" in told[name], name
    assert f"An objection to the document waits for its answer ({ARTICLE})" in told["screen"]
    assert told["calendar"].count(SUSPENDED) == listed + 1
    assert "Until the deadline<" not in told["hall"]
    await answered(hall, objection.id)
    after = await shown(hall, section)
    assert after.pop("calendar").count(SUSPENDED) == listed
    assert not any("Suspended" in page or "stands still" in page for page in after.values())
