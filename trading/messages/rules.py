"""Who is told of which journal line: a table, and nothing else decides it."""

from collections.abc import Mapping
from enum import StrEnum

from infra.kernel.events import Event


class Audience(StrEnum):
    """A circle of people around a journal line; `telling` knows how to find them."""

    PROCURERS = "procurers"
    PROJECT_OWNERS = "project-owners"
    BIDDERS = "bidders"
    OWN_BIDDER = "own-bidder"
    CENTRE = "centre"
    SUPERVISOR = "supervisor"
    REGISTRANT = "registrant"
    REGISTERED = "registered"
    MANDATED = "mandated"
    KEY_OWNER = "key-owner"
    PERSON = "person"
    HOLDERS = "holders"
    ASKER = "asker"
    INVITED = "invited"


_PROCURERS = (Audience.PROCURERS,)
_CENTRE = (Audience.CENTRE,)
_OWN = (Audience.OWN_BIDDER,)
_ALL_SIDES = (Audience.PROCURERS, Audience.BIDDERS, Audience.CENTRE)
_WATCHED = (*_ALL_SIDES, Audience.SUPERVISOR)
_CHANGED = (*_ALL_SIDES, Audience.HOLDERS)

AUDIENCES: Mapping[Event, tuple[Audience, ...]] = {
    Event.ORGANISATION_REGISTERED: (Audience.REGISTERED,),
    Event.REGISTRATION_SUBMITTED: _CENTRE,
    Event.REGISTRATION_RETURNED: (Audience.REGISTRANT,),
    Event.REGISTRATION_ACCEPTED: (Audience.REGISTRANT,),
    Event.MANDATE_GRANTED: (Audience.MANDATED,),
    Event.MANDATE_ENDED: (Audience.MANDATED,),
    Event.SIGNING_KEY_CERTIFIED: (Audience.KEY_OWNER,),
    Event.SIGNING_KEY_REVOKED: (Audience.KEY_OWNER,),
    Event.SECOND_FACTOR_ADDED: (Audience.PERSON,),
    Event.SECOND_FACTOR_REMOVED: (Audience.PERSON,),
    Event.PASSWORD_CHANGED: (Audience.PERSON,),
    Event.PROJECT_SUBMITTED: _CENTRE,
    Event.PROJECT_RETURNED: (Audience.PROJECT_OWNERS,),
    Event.PROJECT_ACCEPTED: (Audience.PROJECT_OWNERS,),
    Event.KEYSET_PUBLISHED: _PROCURERS,
    Event.TRUSTEE_MISSING: (Audience.PROCURERS, Audience.CENTRE, Audience.SUPERVISOR),
    Event.NOTICE_PUBLISHED: _ALL_SIDES,
    Event.BIDDERS_INVITED: (Audience.INVITED,),
    Event.QUESTIONS_WAITING: _PROCURERS,
    Event.QUESTION_REFUSED: (Audience.ASKER,),
    Event.CLARIFICATION_PUBLISHED: _CHANGED,
    Event.SECTION_SUSPENDED: (*_CHANGED, Audience.SUPERVISOR),
    Event.SECTION_RESUMED: _CHANGED,
    Event.ADDENDUM_PUBLISHED: _CHANGED,
    Event.SECTION_EXTENDED: _CHANGED,
    Event.BID_CONFIRMED: _OWN,
    Event.BID_SUBMITTED: _OWN,
    Event.BID_REPLACED: _OWN,
    Event.BID_WITHDRAWN: _OWN,
    Event.BID_REFUSED: _OWN,
    Event.SECTION_CLOSED: _ALL_SIDES,
    Event.BID_UNOPENED: (Audience.OWN_BIDDER, Audience.CENTRE),
    Event.CAUSE_DECIDED: _OWN,
    Event.INQUIRY_SENT: _OWN,
    Event.INQUIRY_UNANSWERED: _OWN,
    Event.FACTOR_WINDOW_OPENED: _ALL_SIDES,
    Event.RELEASE_OVERDUE: _WATCHED,
    Event.REMEDY_ENDED: (Audience.OWN_BIDDER, Audience.CENTRE),
    Event.OPENING_HALTED: _WATCHED,
    Event.OPENING_CONTINUED: _WATCHED,
    Event.OBJECTION_OVERDUE: (Audience.PROCURERS, Audience.CENTRE, Audience.SUPERVISOR),
    Event.SECTION_OPENED: _ALL_SIDES,
    Event.SECTION_FAILED: _WATCHED,
    Event.DRAW_FAILED: (Audience.CENTRE, Audience.SUPERVISOR),
    Event.MARKS_PUBLISHED: _ALL_SIDES,
    Event.EVALUATION_PAUSED: (Audience.PROCURERS, Audience.SUPERVISOR),
    Event.EVALUATION_RESUMED: (Audience.PROCURERS, Audience.SUPERVISOR),
    Event.RECORDING_GAPPED: (Audience.CENTRE, Audience.SUPERVISOR),
    Event.SECTION_REPORTED: _PROCURERS,
    Event.REPORT_RETURNED: _PROCURERS,
    Event.TIE_DECIDED: _PROCURERS,
    Event.CANDIDATES_PUBLISHED: _ALL_SIDES,
    Event.PUBLICITY_ENDED: _PROCURERS,
    Event.WINNER_DETERMINED: _PROCURERS,
    Event.CAPACITY_ASKED: (Audience.PROCURERS, Audience.CENTRE, Audience.SUPERVISOR),
    Event.RESULT_OBJECTED: _PROCURERS,
    Event.CANDIDATE_PASSED_OVER: _ALL_SIDES,
    Event.EVALUATION_REOPENED: _ALL_SIDES,
    Event.WINNER_CHOSEN: _PROCURERS,
    Event.AWARD_PUBLISHED: _ALL_SIDES,
    Event.CONTRACT_PUBLISHED: _ALL_SIDES,
    Event.SECTION_ARCHIVED: _PROCURERS,
}
"""Whoever holds a tender document is told of its changes (TBR 21); a question is told to nobody at its own time.

What happens to a bid before the opening is told to its own bidder alone; what a judge does is told to nobody."""

PREFIX = "regexp_replace({0}, '(00)+$', '')"
"""SQL: the part of a region code that all regions below it begin with."""
