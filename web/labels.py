"""The words for kinds, states, roles and journal events: English msgids, translated where the language is known."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from infra.crypto.seal_suite import SM2, X25519
from infra.kernel.context import Role
from infra.kernel.events import Event
from trading.notices.kinds import Category, NoticeKind
from trading.sections.states import SectionState
from web.i18n import N_

NOTICE_KINDS = {
    NoticeKind.TENDER: N_("Tender notice"),
    NoticeKind.AMENDMENT: N_("Amendment"),
    NoticeKind.CANDIDATES: N_("Award candidates"),
    NoticeKind.AWARD: N_("Award notice"),
    NoticeKind.FAILED: N_("Failed tender"),
    NoticeKind.TERMINATED: N_("Termination"),
    NoticeKind.CONTRACT: N_("Contract notice"),
    NoticeKind.PLATFORM: N_("Platform notice"),
}

CATEGORIES = {
    Category.CONSTRUCTION: N_("Construction"),
    Category.PROCUREMENT: N_("Procurement"),
    Category.LAND: N_("Land use rights"),
    Category.PROPERTY: N_("Property rights"),
    Category.OTHER: N_("Other"),
}

SHORT_CATEGORIES = {
    Category.CONSTRUCTION: N_("Works"),
    Category.PROCUREMENT: N_("Goods"),
    Category.LAND: N_("Land"),
    Category.PROPERTY: N_("Assets"),
    Category.OTHER: N_("Misc."),
}

ROLES = {
    Role.PUBLIC: N_("Public"),
    Role.BIDDER: N_("Bidder"),
    Role.PROCURING: N_("Procuring entity"),
    Role.AGENT: N_("Procurement agent"),
    Role.CENTRE: N_("Trading centre"),
    Role.SUPERVISOR: N_("Supervising body"),
    Role.JUDGE: N_("Judge"),
    Role.TRUSTEE: N_("Trustee"),
    Role.SYSTEM: N_("System"),
    Role.SYSTEM_ADMIN: N_("System administrator"),
    Role.SECURITY_ADMIN: N_("Security administrator"),
    Role.AUDIT_ADMIN: N_("Audit administrator"),
}

SECTION_STATES = {
    SectionState.DRAFT: N_("In preparation"),
    SectionState.READY: N_("Ready for notice"),
    SectionState.BIDDING: N_("Open for bids"),
    SectionState.DECRYPTING: N_("Being opened"),
    SectionState.OPENED: N_("Bids opened"),
    SectionState.EVALUATING: N_("In evaluation"),
    SectionState.PRICING: N_("Price envelopes being opened"),
    SectionState.MARKED: N_("Marks published"),
    SectionState.REPORTED: N_("Evaluation reported"),
    SectionState.PUBLICITY: N_("In publicity"),
    SectionState.DETERMINED: N_("Winner determined"),
    SectionState.NOTIFIED: N_("Award notified"),
    SectionState.FAILED: N_("Failed"),
}

NOTICE_FACTS = {
    "title": N_("Title"),
    "closes_at": N_("Deadline or end of publicity"),
    "name": N_("Name"),
    "scope": N_("Scope of the tender"),
    "scale": N_("Scale"),
    "funding": N_("Funding"),
    "qualification": N_("Qualifications required"),
    "consortium": N_("Consortium"),
    "documents": N_("How to get the tender document"),
    "submission": N_("How to submit bids"),
    "contacts": N_("Contacts"),
    "platform": N_("Platform address"),
    "publicity_period": N_("Publicity period as published"),
    "publicity_starts_at": N_("Publicity starts"),
    "publicity_note": N_("Note on the publicity period"),
    "publicity_ends": N_("Publicity ends"),
    "others": N_("Further details"),
    "summary": N_("What changes"),
    "affects": N_("Affects the preparation of bids"),
    "addendum": N_("Version of the tender document"),
    "ceiling": N_("Price ceiling"),
    "previous_deadline": N_("Deadline before"),
    "deadline": N_("Deadline for bids"),
    "sale_ends": N_("Documents available until"),
    "method": N_("Evaluation method"),
    "date": N_("Date as published"),
    "reason": N_("Reason"),
    "rejected": N_("Rejected bids"),
    "dissents": N_("Judges' dissent"),
    "tie": N_("The procuring entity's decision on the tie"),
    "candidates": N_("Candidates"),
    "winner": N_("Winner"),
    "price": N_("Price"),
    "contract_amount": N_("Contract amount"),
    "contract_period": N_("Period of the contract"),
    "changes": N_("Changes of the contract"),
    "payments": N_("Payments"),
    "bids": N_("Bids at the deadline"),
    "source": N_("Article of law"),
    "regime": N_("Rule set"),
    "document": N_("Document fingerprint"),
    "previous_document": N_("Fingerprint of the version before"),
    "keyset": N_("Keyset fingerprint"),
    "second_keyset": N_("Keyset fingerprint of the price envelopes"),
    "custodians": N_("Opening keys held by"),
    "suite": N_("Sealing suite"),
    "bidder_factor": N_("Bidder's own factor"),
    "remedy": N_("Remedy at the opening"),
    "joint": N_("Consortia"),
    "blind": N_("Blind parts"),
    "text": N_("Text"),
}

OPTIONS = {
    "bidder_factor": N_(
        "asked for: after the deadline each bidder gives the factor of its bid kit in the opening hall"
    ),
    "remedy": N_(
        "permitted: a bid that does not open may be shown in plain within the time for it "
        "(Measures for Electronic Tendering and Bidding, art. 31)"
    ),
}

BLIND = {"technical": N_("the technical part: judges read it under a label, without the bidder's name")}

SUITES = {
    X25519: N_("International (X25519, AES-256-GCM)"),
    SM2: N_("Chinese standards (SM2, SM3, SM4)"),
}

EVENTS = {
    Event.ORGANISATION_REGISTERED: N_("Organisation registered"),
    Event.ACCOUNT_CREATED: N_("Account created"),
    Event.ACCOUNT_DISABLED: N_("Account disabled"),
    Event.MEMBERSHIP_GRANTED: N_("Role granted"),
    Event.MEMBERSHIP_ENDED: N_("Role given up"),
    Event.ACCOUNT_SIGNED_IN: N_("Signed in"),
    Event.ACCOUNT_SIGNED_OUT: N_("Signed out"),
    Event.SIGN_IN_REFUSED: N_("Sign-in refused"),
    Event.REGISTRATION_SUBMITTED: N_("Registration handed in"),
    Event.REGISTRATION_WITHDRAWN: N_("Registration withdrawn"),
    Event.REGISTRATION_RETURNED: N_("Registration returned with reasons"),
    Event.REGISTRATION_ACCEPTED: N_("Change of registration accepted"),
    Event.MANDATE_GRANTED: N_("Mandate given"),
    Event.MANDATE_ENDED: N_("Mandate ended"),
    Event.PASSWORD_CHANGED: N_("Password changed"),
    Event.SECOND_FACTOR_ADDED: N_("Second factor added"),
    Event.SECOND_FACTOR_REMOVED: N_("Second factor removed"),
    Event.SECOND_FACTOR_REFUSED: N_("Second factor refused"),
    Event.SIGNING_KEY_CERTIFIED: N_("Signing key certified"),
    Event.SIGNING_KEY_REVOKED: N_("Signing key revoked"),
    Event.TRUSTEE_ENROLLED: N_("Trustee enrolled"),
    Event.TRUSTEE_REHEARSED: N_("Trustee rehearsed its paper backup"),
    Event.TRUSTEE_RESTORED: N_("Trustee rebuilt from paper"),
    Event.EPOCH_BEGUN: N_("Trustee began a new epoch of keys"),
    Event.TRUSTEE_MISSING: N_("Trustee not ready before a deadline"),
    Event.PROJECT_SUBMITTED: N_("Project submitted"),
    Event.PROJECT_RETURNED: N_("Project returned"),
    Event.PROJECT_ACCEPTED: N_("Project accepted"),
    Event.SECTION_CREATED: N_("Section created"),
    Event.SECTION_CHANGED: N_("Section changed"),
    Event.DRAFT_SAVED: N_("Draft saved"),
    Event.FILE_ATTACHED: N_("File attached"),
    Event.FILE_DETACHED: N_("File taken away"),
    Event.DOCUMENT_FROZEN: N_("Tender document frozen"),
    Event.KEYSET_REQUESTED: N_("Keyset requested"),
    Event.KEYSET_PUBLISHED: N_("Keyset published"),
    Event.NOTICE_PUBLISHED: N_("Notice published"),
    Event.NOTICE_IMPORTED: N_("Notice imported"),
    Event.QUESTION_ASKED: N_("Question asked"),
    Event.QUESTIONS_WAITING: N_("Questions wait for an answer"),
    Event.ANSWER_PREPARED: N_("Answer prepared"),
    Event.QUESTION_REFUSED: N_("Question returned to its asker"),
    Event.CLARIFICATION_PUBLISHED: N_("Clarification published"),
    Event.SECTION_SUSPENDED: N_("Suspended by an objection"),
    Event.SECTION_RESUMED: N_("Objection answered, tender goes on"),
    Event.ADDENDUM_PUBLISHED: N_("Addendum published"),
    Event.SECTION_EXTENDED: N_("Deadline extended"),
    Event.BID_CONFIRMED: N_("Bid confirmed for a new version"),
    Event.DOCUMENT_FETCHED: N_("Tender document fetched"),
    Event.HOLDERS_READ: N_("List of document holders read"),
    Event.ASKERS_READ: N_("Names of those who asked read"),
    Event.SUBSCRIPTION_ASKED: N_("Subscription asked for"),
    Event.SUBSCRIPTION_CONFIRMED: N_("Subscription confirmed"),
    Event.SUBSCRIPTION_ENDED: N_("Subscription ended"),
    Event.BID_STARTED: N_("Bid started"),
    Event.BID_REHEARSED: N_("Bid kit rehearsed"),
    Event.BID_SUBMITTED: N_("Bid submitted"),
    Event.BID_REPLACED: N_("Bid replaced"),
    Event.BID_WITHDRAWN: N_("Bid withdrawn"),
    Event.BID_REFUSED: N_("Bid refused"),
    Event.SECTION_CLOSED: N_("Submission closed"),
    Event.KEY_RELEASED: N_("Key released"),
    Event.KEY_REFUSED: N_("Released key refused"),
    Event.BID_OPENED: N_("Bid opened"),
    Event.BID_UNOPENED: N_("Bid could not be opened"),
    Event.RELEASE_OVERDUE: N_("Too few keys by the limit"),
    Event.FACTOR_WINDOW_OPENED: N_("Bidders are asked for their factors"),
    Event.FACTOR_WINDOW_CLOSED: N_("Time for the factors over"),
    Event.FACTOR_GIVEN: N_("A bidder's factor was given"),
    Event.FACTOR_REFUSED: N_("A factor did not fit its bid"),
    Event.REMEDY_GIVEN: N_("Bid shown in plain: it is the one that was sealed"),
    Event.REMEDY_REFUSED: N_("Bid shown in plain: it is another one"),
    Event.REMEDY_ENDED: N_("Time for the remedy over"),
    Event.RESERVE_SEALED: N_("Confidential estimate sealed"),
    Event.RESERVE_OPENED: N_("Confidential estimate announced"),
    Event.RESERVE_UNOPENED: N_("Confidential estimate not opened"),
    Event.BLIND_LABELLED: N_("Labels of the blind parts fixed"),
    Event.BID_BLOCK_RESTORED: N_("Damaged bytes restored"),
    Event.BID_FILES_CHECKED: N_("Bid's files checked"),
    Event.CAUSE_DECIDED: N_("Cause decided"),
    Event.OPENING_HALTED: N_("Opening halted"),
    Event.OPENING_CONTINUED: N_("Opening continued"),
    Event.SECTION_OPENED: N_("Opening completed"),
    Event.RECORD_CONFIRMED: N_("Opening record confirmed"),
    Event.RECORD_SETTLED: N_("Opening record final"),
    Event.OBJECTION_RAISED: N_("Objection at the opening"),
    Event.OBJECTION_ANSWERED: N_("Objection answered"),
    Event.OBJECTION_OVERDUE: N_("Objection without an answer at the limit"),
    Event.HALL_NOTED: N_("Note by the host"),
    Event.HALL_PAUSED: N_("Confirmation paused"),
    Event.HALL_RESUMED: N_("Confirmation goes on"),
    Event.SECTION_FAILED: N_("Section failed"),
    Event.EXPERT_ENTERED: N_("Expert entered in the pool"),
    Event.DRAW_REQUESTED: N_("Draw requested"),
    Event.DRAW_FROZEN: N_("Draw list frozen"),
    Event.DRAW_COMMITMENT_GIVEN: N_("Draw commitment given"),
    Event.DRAW_ESCROW_GIVEN: N_("Draw escrow given"),
    Event.DRAW_COMMITTED: N_("Draw commitments complete"),
    Event.DRAW_REVEALED: N_("Draw result revealed"),
    Event.DRAW_FAILED: N_("Draw failed"),
    Event.REDRAW_ALLOWED: N_("Another draw allowed"),
    Event.SIGN_IN_APPOINTED: N_("Judges' sign-in appointed"),
    Event.JUDGE_SIGNED_IN: N_("Judge signed in"),
    Event.JUDGE_RETURNED: N_("Judge came back"),
    Event.SLIP_PRINTED: N_("Sign-in slip printed"),
    Event.SLIP_REPLACED: N_("Sign-in slip replaced"),
    Event.LEADER_VOTED: N_("Vote for the leader"),
    Event.BID_READ: N_("Bid's file read"),
    Event.MARK_DRAFTED: N_("Mark drafted"),
    Event.RECUSAL_DECLARED: N_("Recusal declared"),
    Event.JUDGE_REPLACED: N_("Judge replaced"),
    Event.RESOLUTION_MOVED: N_("Committee resolution moved"),
    Event.RESOLUTION_VOTED: N_("Committee resolution voted on"),
    Event.EVALUATION_BEGUN: N_("Evaluation begun"),
    Event.MARKS_LOCKED: N_("Marks locked"),
    Event.TECHNICAL_LOCKED: N_("Marks locked, price envelopes may be opened"),
    Event.PRICE_OPENED: N_("Price opened"),
    Event.MARKS_PUBLISHED: N_("Marks published"),
    Event.REPORT_SIGNED: N_("Report signed"),
    Event.REPORT_DISSENTED: N_("Dissent to the report"),
    Event.REPORT_SETTLED: N_("Silence on the report settled"),
    Event.SECTION_REPORTED: N_("Evaluation reported"),
    Event.TIE_DECIDED: N_("Tie decided by the procuring entity"),
    Event.CANDIDATES_PUBLISHED: N_("Candidates published"),
    Event.PUBLICITY_ENDED: N_("Publicity ended"),
    Event.AWARD_PUBLISHED: N_("Award published"),
    Event.SECTION_ARCHIVED: N_("Section archived"),
    Event.ROOM_ENTERED: N_("Room entered"),
    Event.ROOM_BOOKED: N_("Room booked"),
    Event.BOOKING_MOVED: N_("Booking moved"),
    Event.BOOKING_CONFIRMED: N_("Booking confirmed"),
    Event.BOOKING_CANCELLED: N_("Booking cancelled"),
    Event.PERIOD_BEGUN: N_("Log period begun"),
    Event.PERIOD_OPENED: N_("Log period disclosed"),
    Event.BUNDLE_PUBLISHED: N_("Sealing code published"),
    Event.ACCESS_ROOTED: N_("Hour of the access log closed"),
}


def facts_in_order(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A notice's facts in the order people read them; unknown ones last, by name."""
    known = list(NOTICE_FACTS)
    return sorted(facts.items(), key=lambda fact: (known.index(fact[0]) if fact[0] in known else len(known), fact[0]))


_ALL: dict[type[StrEnum], Mapping[Any, str]] = {
    NoticeKind: NOTICE_KINDS,
    Category: CATEGORIES,
    Role: ROLES,
    Event: EVENTS,
    SectionState: SECTION_STATES,
}


def label(value: StrEnum) -> str:
    """The msgid of an enumerated value's name; a value without one is a bug."""
    return _ALL[type(value)][value]
