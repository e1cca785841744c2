"""The words of the pool: fields of a profile, states of experts and applications, kinds of documents and ties."""

from typing import Any

from expertpool.experts.rules import TieKind, Title
from expertpool.experts.states import ApplicationState, ExpertState
from web.i18n import N_
from web.visit import Visit

FIELDS = {
    "name": N_("Name of the person"),
    "identity": N_("Identity document"),
    "phone": N_("Mobile telephone"),
    "email": N_("E-mail"),
    "bank": N_("Bank account for fees"),
    "employer": N_("Employer's credit code"),
    "employer_name": N_("Employer's name"),
    "title": N_("Professional title"),
    "years": N_("Years of work in the field"),
    "region": N_("Region"),
    "professions": N_("Professions"),
    "certificates": N_("Practising certificates"),
    "ties": N_("Ties to organisations"),
    "consents": N_("Consents"),
}

DOCUMENTS = {
    "resident": N_("Resident identity card"),
    "hk-macao": N_("Mainland travel permit for Hong Kong and Macao residents"),
    "taiwan": N_("Mainland travel permit for Taiwan residents"),
    "passport": N_("Passport"),
    "foreign-resident": N_("Permanent residence card of a foreigner"),
}

TITLES = {
    Title.SENIOR: N_("Senior title"),
    Title.FULL_SENIOR: N_("Full senior title"),
    Title.EQUAL: N_("No senior title, but of the same level"),
}

TIES = {
    TieKind.EMPLOYED: N_("employed there"),
    TieKind.DIRECTOR: N_("director or supervisor"),
    TieKind.CONTROLLING: N_("holds or controls it"),
    TieKind.KIN: N_("a near relative heads it"),
    TieKind.PUNISHED: N_("punished in one of its tenders"),
    TieKind.OTHER: N_("another interest"),
}

CONSENTS = {
    "rules": N_(
        "I will keep the rules for evaluation experts: come in person, judge by the published "
        "criteria, keep secrets, withdraw where I have an interest."
    ),
    "personal-data": N_(
        "The pool may keep and use what I state here, my identity number included, to draw, invite, "
        "identify and pay me (Personal Information Protection Law, arts. 13 and 17). I may take this back; "
        "I then leave the pool."
    ),
    "calls": N_("I may be called by text message, voice and mail when I am drawn. The message names no project."),
}

STATES = {
    ExpertState.ACTIVE: N_("In the pool"),
    ExpertState.SUSPENDED: N_("Suspended"),
    ExpertState.LAPSED: N_("Lapsed"),
    ExpertState.REMOVED: N_("Removed"),
}

TONES = {
    ExpertState.ACTIVE: " tag--ok",
    ExpertState.SUSPENDED: " tag--warn",
    ExpertState.LAPSED: "",
    ExpertState.REMOVED: " tag--bad",
}

APPLICATIONS = {
    ApplicationState.SUBMITTED: N_("Waits for the first review"),
    ApplicationState.FIRST_PASSED: N_("Waits for the second review"),
    ApplicationState.ENTERED: N_("Entered"),
    ApplicationState.RETURNED: N_("Given back"),
    ApplicationState.WITHDRAWN: N_("Withdrawn by the applicant"),
}

APPLICATION_TONES = {
    ApplicationState.SUBMITTED: " tag--info",
    ApplicationState.FIRST_PASSED: " tag--warn",
    ApplicationState.ENTERED: " tag--ok",
    ApplicationState.RETURNED: " tag--bad",
    ApplicationState.WITHDRAWN: "",
}

VERBS = {
    "suspend": N_("Suspended"),
    "resume": N_("Suspension ended"),
    "end": N_("Suspension ended: its time was over"),
    "remove": N_("Removed from the pool"),
    "appraise": N_("Passed the yearly appraisal"),
    "lapse": N_("Lapsed: no appraisal in time"),
    "readmit": N_("Admitted again"),
}

ACTS = {
    "suspension": N_("Suspend"),
    "resumption": N_("End the suspension"),
    "removal": N_("Remove from the pool"),
    "readmission": N_("Admit again"),
    "appraisal": N_("Yearly appraisal"),
}

WRITTEN_BY_THE_SYSTEM = (
    N_("entered"),
    N_("new application"),
    N_("passed by two reviewers on a new application"),
    N_("the time set is over"),
    N_("appraisal overdue"),
    N_("from an imported file"),
    N_("entered before versions were kept"),
)
"""Reasons of `expertpool.experts` that no person wrote."""


def pool_choices(visit: Visit) -> dict[str, Any]:
    """What may be chosen in the form of a profile, in the visit's language."""
    say = visit.texts.gettext
    return {
        "documents": [(kind, say(words)) for kind, words in DOCUMENTS.items()],
        "titles": [("", say(N_("(choose)"))), *((str(one), say(words)) for one, words in TITLES.items())],
        "tie_kinds": [("", say(N_("(choose)"))), *((str(one), say(words)) for one, words in TIES.items())],
    }


def pool_words() -> dict[str, Any]:
    """What every page of the desk may say."""
    return {
        "act_words": ACTS,
        "field_words": FIELDS,
        "document_words": DOCUMENTS,
        "title_words": TITLES,
        "tie_words": TIES,
        "consent_words": CONSENTS,
        "state_words": STATES,
        "state_tones": TONES,
        "application_words": APPLICATIONS,
        "application_tones": APPLICATION_TONES,
        "verb_words": VERBS,
    }
