"""What the public may read of a section at each point of its life: pure decisions (rules/trading.md, visibility clock)."""

from infra.kernel.events import Event, Opens
from trading.sections.states import LIFE, SectionState


def public_path() -> tuple[SectionState, ...]:
    """The states of a section that does not fail, from the published notice on, in their only order."""
    onward = {
        SectionState(step.source): SectionState(step.target)
        for step in LIFE.steps
        if step.target is not SectionState.FAILED
    }
    path = [SectionState.BIDDING]
    while path[-1] in onward:
        path.append(onward[path[-1]])
    return tuple(path)


def may_read(event: Event, *, of_draw: bool, closed: bool, marked: bool) -> bool:
    """Whether everybody may read such an event of a section now.

    Bids stay hidden until `section.closed`, for ever where none is opened; the committee, and with it the whole
    draw, until `marks.published`.
    """
    opens = event.kind.opens
    if opens is Opens.NEVER:
        return False
    if of_draw or opens is Opens.MARKS_PUBLISHED:
        return marked
    return closed or opens is Opens.AT_ONCE
