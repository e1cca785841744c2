import time
from infra.kernel.events import Event
from envelopes import submitted
from trading.sections.states import SectionState

async def test_smoke(hall):
    t=time.time()
    s = await hall.a_tender(0)
    print("tender", time.time()-t)
    for n in range(1,4):
        await submitted(hall, s, f"bidder{n}")
    print("bids", time.time()-t)
    await hall.reach(s, SectionState.OPENED)
    print("opened", time.time()-t)
    assert len(await hall.lines(Event.BID_OPENED, section=s)) == 3
