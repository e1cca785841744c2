"""The words for the facts of a notice, in the order people read them."""

from collections.abc import Mapping
from typing import Any

from web.i18n import N_

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
    "plan_number": N_("Purchase-plan number"),
    "procuring_entity": N_("Purchaser"),
    "agent": N_("Procurement agent"),
    "object": N_("What is bought"),
    "budget": N_("Budget"),
    "ceiling": N_("Price ceiling"),
    "previous_deadline": N_("Deadline before"),
    "deadline": N_("Deadline for bids"),
    "sale_ends": N_("Documents available until"),
    "invited_by": N_("Invited tender"),
    "invited_why": N_("Why bidders are invited"),
    "method": N_("Evaluation method"),
    "date": N_("Date as published"),
    "reason": N_("Reason"),
    "rejected": N_("Rejected bids"),
    "dissents": N_("Judges' dissent"),
    "tie": N_("The procuring entity's decision on the tie"),
    "passed": N_("Candidate who drops out, and why"),
    "candidates": N_("Candidates"),
    "winner": N_("Winner"),
    "price": N_("Price"),
    "judges": N_("Evaluation experts"),
    "notice_ends": N_("The result's notice period ends"),
    "challenge_until": N_("Challenges are taken until"),
    "contract_amount": N_("Contract amount"),
    "signed_on": N_("Signed on"),
    "contract_period": N_("Period of the contract"),
    "late_why": N_("Why it was signed late"),
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


def facts_in_order(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A notice's facts in the order people read them; unknown ones last, by name."""
    known = list(NOTICE_FACTS)
    return sorted(facts.items(), key=lambda fact: (known.index(fact[0]) if fact[0] in known else len(known), fact[0]))
