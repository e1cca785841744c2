"""Every kind of journal line, whether it becomes a leaf of the public log, and when the public may read it."""

from enum import StrEnum
from typing import NamedTuple


class Opens(StrEnum):
    """When a leaf's event and salt are disclosed to everyone (design/log-and-draw.md)."""

    AT_ONCE = "at-once"
    SECTION_CLOSED = "section-closed"
    MARKS_PUBLISHED = "marks-published"
    NEVER = "never"


class Kind(NamedTuple):
    """What a journal line of this kind is worth: a leaf or not, and its time of disclosure."""

    leaf: bool
    opens: Opens


class Event(StrEnum):
    """`noun.past`: what happened. A use-case records exactly one of these."""

    ORGANISATION_REGISTERED = "organisation.registered"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DISABLED = "account.disabled"
    MEMBERSHIP_GRANTED = "membership.granted"
    MEMBERSHIP_ENDED = "membership.ended"
    ACCOUNT_SIGNED_IN = "account.signed-in"
    ACCOUNT_SIGNED_OUT = "account.signed-out"
    SIGN_IN_REFUSED = "sign-in.refused"
    REGISTRATION_SUBMITTED = "registration.submitted"
    REGISTRATION_WITHDRAWN = "registration.withdrawn"
    REGISTRATION_RETURNED = "registration.returned"
    REGISTRATION_ACCEPTED = "registration.accepted"
    MANDATE_GRANTED = "mandate.granted"
    MANDATE_ENDED = "mandate.ended"
    CONTROLLER_DECLARED = "controller.declared"
    CONTROLLER_ENDED = "controller.ended"
    PASSWORD_CHANGED = "password.changed"
    SECOND_FACTOR_ADDED = "second-factor.added"
    SECOND_FACTOR_REMOVED = "second-factor.removed"
    SECOND_FACTOR_REFUSED = "second-factor.refused"
    SIGNING_KEY_CERTIFIED = "signing-key.certified"
    SIGNING_KEY_REVOKED = "signing-key.revoked"
    TRUSTEE_ENROLLED = "trustee.enrolled"
    TRUSTEE_REHEARSED = "trustee.rehearsed"
    TRUSTEE_RESTORED = "trustee.restored"
    EPOCH_BEGUN = "epoch.begun"
    TRUSTEE_MISSING = "trustee.missing"
    PROJECT_SUBMITTED = "project.submitted"
    PROJECT_RETURNED = "project.returned"
    PROJECT_ACCEPTED = "project.accepted"
    SECTION_CREATED = "section.created"
    SECTION_CHANGED = "section.changed"
    DRAFT_SAVED = "draft.saved"
    FILE_ATTACHED = "file.attached"
    FILE_DETACHED = "file.detached"
    DOCUMENT_FROZEN = "document.frozen"
    KEYSET_REQUESTED = "keyset.requested"
    KEYSET_PUBLISHED = "keyset.published"
    NOTICE_PUBLISHED = "notice.published"
    NOTICE_IMPORTED = "notice.imported"
    BIDDERS_INVITED = "bidders.invited"
    QUESTION_ASKED = "question.asked"
    QUESTIONS_WAITING = "questions.waiting"
    ANSWER_PREPARED = "answer.prepared"
    QUESTION_REFUSED = "question.refused"
    CLARIFICATION_PUBLISHED = "clarification.published"
    SECTION_SUSPENDED = "section.suspended"
    SECTION_RESUMED = "section.resumed"
    ADDENDUM_PUBLISHED = "addendum.published"
    SECTION_EXTENDED = "section.extended"
    BID_CONFIRMED = "bid.confirmed"
    DOCUMENT_FETCHED = "document.fetched"
    HOLDERS_READ = "document-holders.read"
    ASKERS_READ = "askers.read"
    SUBSCRIPTION_ASKED = "subscription.asked"
    SUBSCRIPTION_CONFIRMED = "subscription.confirmed"
    SUBSCRIPTION_ENDED = "subscription.ended"
    BID_STARTED = "bid.started"
    BID_REHEARSED = "bid.rehearsed"
    BID_SUBMITTED = "bid.submitted"
    BID_REPLACED = "bid.replaced"
    BID_WITHDRAWN = "bid.withdrawn"
    BID_REFUSED = "bid.refused"
    SECTION_CLOSED = "section.closed"
    KEY_RELEASED = "key.released"
    KEY_REFUSED = "key.refused"
    RELEASE_OVERDUE = "key-release.overdue"
    FACTOR_WINDOW_OPENED = "factor-window.opened"
    FACTOR_WINDOW_CLOSED = "factor-window.closed"
    FACTOR_GIVEN = "bid.factor-given"
    FACTOR_REFUSED = "bid.factor-refused"
    BID_OPENED = "bid.opened"
    BID_UNOPENED = "bid.unopened"
    BID_BLOCK_RESTORED = "bid.block-restored"
    REMEDY_GIVEN = "bid.remedy-given"
    REMEDY_REFUSED = "bid.remedy-refused"
    REMEDY_ENDED = "bid.remedy-ended"
    BID_FILES_CHECKED = "bid.files-checked"
    CAUSE_DECIDED = "bid.cause-decided"
    OPENING_HALTED = "opening.halted"
    OPENING_CONTINUED = "opening.continued"
    SECTION_OPENED = "section.opened"
    RESERVE_SEALED = "reserve-price.sealed"
    RESERVE_OPENED = "reserve-price.opened"
    RESERVE_UNOPENED = "reserve-price.unopened"
    BIDS_COMPARED = "bids.compared"
    BLIND_LABELLED = "blind.labelled"
    RECORD_CONFIRMED = "opening-record.confirmed"
    RECORD_SETTLED = "opening-record.settled"
    OBJECTION_RAISED = "opening-objection.raised"
    OBJECTION_ANSWERED = "opening-objection.answered"
    OBJECTION_OVERDUE = "opening-objection.overdue"
    HALL_NOTED = "hall.noted"
    HALL_PAUSED = "hall.paused"
    HALL_RESUMED = "hall.resumed"
    SECTION_FAILED = "section.failed"
    EXPERT_ENTERED = "expert.entered"
    EXPERT_CHANGED = "expert.changed"
    EXPERT_SUSPENDED = "expert.suspended"
    EXPERT_REMOVED = "expert.removed"
    EXPERT_READMITTED = "expert.readmitted"
    EXPERT_LAPSED = "expert.lapsed"
    EXPERT_APPLIED = "expert.applied"
    EXPERT_FIRST_PASSED = "expert.first-passed"
    EXPERT_RETURNED = "expert.returned"
    ABSENCE_ENTERED = "absence.entered"
    EXPERTS_EXPORTED = "experts.exported"
    EXPERTS_IMPORTED = "experts.imported"
    EXTERNAL_LIST_TAKEN = "external-list.taken"
    PROFESSIONS_TAKEN = "professions.taken"
    EMPLOYER_CHANGED = "employer.changed"
    EXPERT_LETTER_ISSUED = "expert.letter-issued"
    EXPERT_ACCOUNT_LINKED = "expert.account-linked"
    STANDING_NOTICE_SENT = "standing.notice-sent"
    EXPERT_OBJECTED = "expert.objected"
    SANCTION_NOTICED = "sanction.noticed"
    SANCTION_DECIDED = "sanction.decided"
    SANCTION_APPEALED = "sanction.appealed"
    DRAW_ORDERED = "draw.ordered"
    DRAW_REFUSED = "draw.refused"
    DRAW_AUDITED = "draw.audited"
    REPRESENTATIVE_NAMED = "representative.named"
    INVITATION_SENT = "invitation.sent"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_DECLINED = "invitation.declined"
    INVITATION_UNANSWERED = "invitation.unanswered"
    RECUSAL_FOUND = "recusal.found"
    RECUSAL_REQUESTED = "recusal.requested"
    JUDGE_CHECKED_IN = "judge.checked-in"
    LIST_UNLOCKED = "list.unlocked"
    DRAW_DISCLOSED = "draw.disclosed"
    LOTTERY_OPENED = "lottery.opened"
    LOTTERY_ENTERED = "lottery.entered"
    LOTTERY_FROZEN = "lottery.frozen"
    LOTTERY_COMMITMENT_GIVEN = "lottery.commitment-given"
    LOTTERY_ESCROW_GIVEN = "lottery.escrow-given"
    LOTTERY_COMMITTED = "lottery.committed"
    LOTTERY_REVEALED = "lottery.revealed"
    LOTTERY_FAILED = "lottery.failed"
    DISPATCH_SETTLED = "dispatch.settled"
    JUDGE_SIGNED_OUT = "judge.signed-out"
    CHECK_IN_REFUSED = "check-in.refused"
    JUDGE_RATED = "judge.rated"
    FEES_SETTLED = "fees.settled"
    DRAW_REQUESTED = "draw.requested"
    DRAW_FROZEN = "draw.frozen"
    DRAW_COMMITMENT_GIVEN = "draw.commitment-given"
    DRAW_COMMITMENT_CHANGED = "draw.commitment-changed"
    DRAW_ESCROW_GIVEN = "draw.escrow-given"
    DRAW_COMMITTED = "draw.committed"
    DRAW_REVEALED = "draw.revealed"
    DRAW_FAILED = "draw.failed"
    REDRAW_ALLOWED = "redraw.allowed"
    SIGN_IN_APPOINTED = "sign-in.appointed"
    JUDGE_SIGNED_IN = "judge.signed-in"
    JUDGE_RETURNED = "judge.returned"
    SLIP_PRINTED = "slip.printed"
    SLIP_REPLACED = "slip.replaced"
    LEADER_VOTED = "leader.voted"
    EVALUATION_TIMED = "evaluation.timed"
    MARKING_TIME_ASKED = "marking-time.asked"
    EVALUATION_PAUSED = "evaluation.paused"
    EVALUATION_RESUMED = "evaluation.resumed"
    BID_READ = "bid.read"
    QUALIFICATION_EXAMINED = "qualification.examined"
    EXAMINATION_DRAFTED = "examination.drafted"
    EXAMINATION_LOCKED = "examination.locked"
    EXAMINATION_SETTLED = "examination.settled"
    INQUIRY_DRAFTED = "inquiry.drafted"
    INQUIRY_REFUSED = "inquiry.refused"
    INQUIRY_SENT = "inquiry.sent"
    INQUIRY_ANSWERED = "inquiry.answered"
    INQUIRY_UNANSWERED = "inquiry.unanswered"
    MARK_DRAFTED = "mark.drafted"
    RECUSAL_DECLARED = "recusal.declared"
    JUDGE_REPLACED = "judge.replaced"
    RESOLUTION_MOVED = "resolution.moved"
    RESOLUTION_VOTED = "resolution.voted"
    EVALUATION_BEGUN = "evaluation.begun"
    MARKS_LOCKED = "marks.locked"
    TECHNICAL_LOCKED = "technical.locked"
    PRICE_OPENED = "price.opened"
    CONSOLIDATION_BEGUN = "consolidation.begun"
    MARKS_EXPLAINED = "marks.explained"
    MARKS_PUBLISHED = "marks.published"
    REPORT_SIGNED = "report.signed"
    REPORT_DISSENTED = "report.dissented"
    REPORT_SETTLED = "report.settled"
    SECTION_REPORTED = "section.reported"
    REPORT_CONFIRMED = "report.confirmed"
    REPORT_RETURNED = "report.returned"
    MARK_CORRECTED = "mark.corrected"
    TIE_DECIDED = "tie.decided"
    CANDIDATES_PUBLISHED = "candidates.published"
    PUBLICITY_ENDED = "publicity.ended"
    WINNER_DETERMINED = "winner.determined"
    RESULT_OBJECTED = "result-objection.raised"
    RESULT_OBJECTION_ANSWERED = "result-objection.answered"
    RESULT_OBJECTION_WITHDRAWN = "result-objection.withdrawn"
    CANDIDATE_PASSED_OVER = "candidate.passed-over"
    CAPACITY_ASKED = "capacity.asked"
    EVALUATION_REOPENED = "evaluation.reopened"
    WINNER_CHOSEN = "winner.chosen"
    AWARD_PUBLISHED = "award.published"
    CONTRACT_PUBLISHED = "contract.published"
    MILESTONE_PLANNED = "milestone.planned"
    MILESTONE_DONE = "milestone.done"
    SECTION_ARCHIVED = "section.archived"
    ARCHIVE_ORDERED = "archive.ordered"
    ARCHIVE_HANDED_OVER = "archive.handed-over"
    PUBLICATION_TAKEN_DOWN = "publication.taken-down"
    ROOM_ENTERED = "room.entered"
    ROOM_BOOKED = "room.booked"
    BOOKING_MOVED = "booking.moved"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_CANCELLED = "booking.cancelled"
    CAMERA_ENTERED = "camera.entered"
    CAMERA_REMOVED = "camera.removed"
    RECORDING_OPENED = "recording.opened"
    RECORDING_JOINED = "recording.joined"
    RECORDING_HEADED = "recording.headed"
    RECORDING_GAPPED = "recording.gapped"
    RECORDING_EXPLAINED = "recording.explained"
    RECORDING_STOPPED = "recording.stopped"
    RECORDING_CLOSED = "recording.closed"
    RECORDING_KEPT = "recording.kept"
    RECORDING_HELD = "recording.held"
    RECORDING_RELEASED = "recording.released"
    RECORDING_EXPORTED = "recording.exported"
    CATALOGUE_ENTERED = "catalogue.entered"
    AGENCY_ADMITTED = "agency.admitted"
    AGENCY_INSPECTED = "agency.inspected"
    AGENCY_DEDUCTED = "agency.deducted"
    MARKET_CONTRACTS_TAKEN_OVER = "market-contracts.taken-over"
    RATINGS_MADE = "ratings.made"
    PERIOD_BEGUN = "log-period.begun"
    PERIOD_OPENED = "log-period.opened"
    BUNDLE_PUBLISHED = "bundle.published"
    ACCESS_ROOTED = "access.rooted"

    @property
    def kind(self) -> Kind:
        """Whether this event is a leaf and when it is disclosed."""
        return _KINDS.get(self) or _BY_SUBJECT.get(self.partition(".")[0], _PUBLIC)


_PUBLIC = Kind(True, Opens.AT_ONCE)
_SEALED = Kind(True, Opens.SECTION_CLOSED)
_MARKED = Kind(True, Opens.MARKS_PUBLISHED)
_INNER = Kind(False, Opens.NEVER)
_OWN = Kind(True, Opens.NEVER)
_BY_SUBJECT = {
    **dict.fromkeys(
        ("booking", "camera", "membership", "registration", "room", "second-factor", "subscription"), _INNER
    ),
    "recording": _MARKED,
}
_KINDS = {
    Event.ACCOUNT_CREATED: _INNER,
    Event.ACCOUNT_DISABLED: _INNER,
    Event.ACCOUNT_SIGNED_IN: _INNER,
    Event.ACCOUNT_SIGNED_OUT: _INNER,
    Event.SIGN_IN_REFUSED: _INNER,
    Event.MANDATE_GRANTED: _INNER,
    Event.MANDATE_ENDED: _INNER,
    Event.CONTROLLER_DECLARED: _INNER,
    Event.CONTROLLER_ENDED: _INNER,
    Event.PASSWORD_CHANGED: _INNER,
    Event.EXPERT_ENTERED: _OWN,
    Event.EXPERT_APPLIED: _INNER,
    Event.EXPERT_FIRST_PASSED: _INNER,
    Event.EXPERT_RETURNED: _INNER,
    Event.ABSENCE_ENTERED: _INNER,
    Event.EXPERTS_EXPORTED: _INNER,
    Event.DISPATCH_SETTLED: _INNER,
    Event.JUDGE_SIGNED_OUT: _INNER,
    Event.CHECK_IN_REFUSED: _INNER,
    Event.JUDGE_RATED: _INNER,
    Event.FEES_SETTLED: _INNER,
    Event.EXPERT_CHANGED: _OWN,
    Event.EXPERT_SUSPENDED: _OWN,
    Event.EXPERT_REMOVED: _OWN,
    Event.EXPERT_READMITTED: _OWN,
    Event.EXPERT_LAPSED: _OWN,
    Event.EXPERTS_IMPORTED: _OWN,
    Event.EXTERNAL_LIST_TAKEN: _OWN,
    Event.PROFESSIONS_TAKEN: _OWN,
    Event.EMPLOYER_CHANGED: _OWN,
    Event.EXPERT_LETTER_ISSUED: _INNER,
    Event.EXPERT_ACCOUNT_LINKED: _INNER,
    Event.STANDING_NOTICE_SENT: _INNER,
    Event.EXPERT_OBJECTED: _OWN,
    Event.SANCTION_NOTICED: _OWN,
    Event.SANCTION_DECIDED: _OWN,
    Event.SANCTION_APPEALED: _OWN,
    Event.PROJECT_SUBMITTED: _INNER,
    Event.PROJECT_RETURNED: _INNER,
    Event.DRAFT_SAVED: _INNER,
    Event.FILE_ATTACHED: _INNER,
    Event.FILE_DETACHED: _INNER,
    Event.ARCHIVE_ORDERED: _INNER,
    Event.BID_STARTED: _INNER,
    Event.BID_REHEARSED: _INNER,
    Event.BIDS_COMPARED: _INNER,
    Event.OBJECTION_OVERDUE: _INNER,
    Event.KEYSET_REQUESTED: _INNER,
    Event.TRUSTEE_MISSING: _INNER,
    Event.BIDDERS_INVITED: _SEALED,
    Event.BID_SUBMITTED: _SEALED,
    Event.BID_REPLACED: _SEALED,
    Event.BID_WITHDRAWN: _SEALED,
    Event.BID_REFUSED: _SEALED,
    Event.BID_CONFIRMED: _SEALED,
    Event.RESERVE_SEALED: _SEALED,
    Event.QUESTION_ASKED: _OWN,
    Event.QUESTION_REFUSED: _OWN,
    Event.QUESTIONS_WAITING: _INNER,
    Event.ANSWER_PREPARED: _INNER,
    Event.DOCUMENT_FETCHED: _INNER,
    Event.HOLDERS_READ: _INNER,
    Event.ASKERS_READ: _INNER,
    Event.LOTTERY_OPENED: _INNER,
    Event.LOTTERY_ENTERED: _INNER,
    Event.DRAW_REQUESTED: _MARKED,
    Event.DRAW_ORDERED: _MARKED,
    Event.DRAW_REFUSED: _MARKED,
    Event.DRAW_AUDITED: _MARKED,
    Event.REPRESENTATIVE_NAMED: _MARKED,
    Event.INVITATION_SENT: _MARKED,
    Event.INVITATION_ACCEPTED: _MARKED,
    Event.INVITATION_DECLINED: _MARKED,
    Event.INVITATION_UNANSWERED: _MARKED,
    Event.RECUSAL_FOUND: _MARKED,
    Event.RECUSAL_REQUESTED: _MARKED,
    Event.JUDGE_CHECKED_IN: _MARKED,
    Event.LIST_UNLOCKED: _MARKED,
    Event.DRAW_FROZEN: _MARKED,
    Event.DRAW_COMMITMENT_GIVEN: _MARKED,
    Event.DRAW_COMMITMENT_CHANGED: _MARKED,
    Event.DRAW_ESCROW_GIVEN: _MARKED,
    Event.DRAW_COMMITTED: _MARKED,
    Event.DRAW_REVEALED: _MARKED,
    Event.JUDGE_SIGNED_IN: _MARKED,
    Event.JUDGE_RETURNED: _INNER,
    Event.SLIP_PRINTED: _INNER,
    Event.SLIP_REPLACED: _MARKED,
    Event.LEADER_VOTED: _INNER,
    Event.EVALUATION_TIMED: _MARKED,
    Event.MARKING_TIME_ASKED: _MARKED,
    Event.EVALUATION_PAUSED: _MARKED,
    Event.EVALUATION_RESUMED: _MARKED,
    Event.BID_READ: _INNER,
    Event.EXAMINATION_DRAFTED: _INNER,
    Event.QUALIFICATION_EXAMINED: _MARKED,
    Event.EXAMINATION_LOCKED: _MARKED,
    Event.EXAMINATION_SETTLED: _MARKED,
    Event.INQUIRY_DRAFTED: _MARKED,
    Event.INQUIRY_REFUSED: _MARKED,
    Event.INQUIRY_SENT: _MARKED,
    Event.INQUIRY_ANSWERED: _MARKED,
    Event.INQUIRY_UNANSWERED: _MARKED,
    Event.MARK_DRAFTED: _INNER,
    Event.SIGN_IN_APPOINTED: _MARKED,
    Event.RECUSAL_DECLARED: _MARKED,
    Event.JUDGE_REPLACED: _MARKED,
    Event.RESOLUTION_MOVED: _MARKED,
    Event.RESOLUTION_VOTED: _MARKED,
    Event.MARKS_LOCKED: _MARKED,
    Event.CONSOLIDATION_BEGUN: _MARKED,
    Event.MARKS_EXPLAINED: _MARKED,
    Event.REPORT_SIGNED: _MARKED,
    Event.REPORT_DISSENTED: _MARKED,
    Event.REPORT_SETTLED: _MARKED,
}
