"""Every night at three all agencies of a region are rated anew: contracts grow older, deductions end."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from infra.db.work import Work
from infra.jobs import enqueue
from infra.timers import schedule

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = time(3)
NIGHTLY, RATE = "rate-tonight", "rate-agencies"


async def rate_tonight(work: Work, region: str) -> None:
    """Have a region's agencies rated in the coming night; asked for twice in a day it is done once."""
    at = work.ctx.now.astimezone(SHANGHAI)
    night = datetime.combine(at.date() + timedelta(days=at.time() >= NIGHT), NIGHT, SHANGHAI)
    await schedule(work, night, NIGHTLY, f"{region}/{night:%Y-%m-%d}")


async def begin_rating(work: Work, subject: str) -> None:
    """The night has come: rate, and again in the next one."""
    region = subject.partition("/")[0]
    await enqueue(work, RATE, region=region)
    await rate_tonight(work, region)
