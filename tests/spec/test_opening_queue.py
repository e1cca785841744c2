"""Many sections of one minute: every price form is opened before any file."""

import pytest
import pytest_asyncio
from envelopes import submitted
from scenes import Hall

from infra.jobs import NotYetError
from infra.kernel.events import Event
from trading.opening.files import check_files
from trading.opening.opening import open_section
from trading.sections.states import SectionState

FIVE, THREE = 5, ("bidder1", "bidder2", "bidder3")
pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(hall: Hall) -> list[str]:
    """Five sections of three bids each, whose files are all checked; the last one's forms came last."""
    sections = await hall.tenders(FIVE, 8)
    for section in sections:
        for login in THREE:
            await submitted(hall, section, login)
    deadline = (await hall.section(sections[0])).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    while not all([len(await hall.lines(Event.KEY_RELEASED, section=one)) >= 2 for one in sections]):
        await hall.due()
        await hall.beat()
        await hall.poll_all()
    for section in sections[:-1]:
        await open_section(hall.database, hall.objects, hall.keys, section)
        with pytest.raises(NotYetError):
            await check_files(hall.database, hall.objects, hall.keys, section)
    await hall.until(lambda: _checked(hall, sections))
    return sections


async def _checked(hall: Hall, sections: list[str]) -> bool:
    done = [await hall.lines(Event.BID_FILES_CHECKED, section=one) for one in sections]
    return all(len(lines) == len(THREE) for lines in done)


async def test_no_file_is_checked_before_the_last_form_of_the_minute_is_opened(hall: Hall, opened: list[str]) -> None:
    forms = [line.id for one in opened for line in await hall.lines(Event.BID_OPENED, section=one)]
    files = [line.id for one in opened for line in await hall.lines(Event.BID_FILES_CHECKED, section=one)]
    assert len(forms) == len(files) == FIVE * len(THREE)
    assert max(forms) < min(files)
    assert all([(await hall.section(one)).state == SectionState.OPENED for one in opened])
