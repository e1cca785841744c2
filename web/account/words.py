"""The words of registration: fields of a profile, states of a version, reasons for which a key is revoked."""

from infra.auth.registration.actions import WHOLE
from infra.auth.registration.states import VersionState
from web.i18n import N_

FIELDS = {
    "kinds": N_("Roles wanted"),
    "name": N_("Name of the organisation"),
    "credit_code": N_("Unified social credit code"),
    "region": N_("Region of the registered office"),
    "address": N_("Registered address"),
    "legal_representative": N_("Legal representative"),
    "contact_name": N_("Contact person"),
    "contact_phone": N_("Telephone"),
    "contact_email": N_("E-mail"),
    "licences": N_("Licences"),
    "person_name": N_("Authorised person"),
    "mandate_scope": N_("Scope of the mandate"),
    "mandate_until": N_("Mandate valid until"),
    WHOLE: N_("The application as a whole"),
}

STATES = {
    VersionState.SUBMITTED: N_("Under review"),
    VersionState.ACCEPTED: N_("In force"),
    VersionState.RETURNED: N_("Returned"),
    VersionState.WITHDRAWN: N_("Withdrawn by the applicant"),
    VersionState.SUPERSEDED: N_("Replaced by a later version"),
}

TONES = {
    VersionState.SUBMITTED: " tag--info",
    VersionState.ACCEPTED: " tag--ok",
    VersionState.RETURNED: " tag--bad",
    VersionState.WITHDRAWN: "",
    VersionState.SUPERSEDED: "",
}

ALIKE = {
    "credit_code": N_("same credit code"),
    "phone": N_("same telephone"),
    "legal_representative": N_("same legal representative"),
}

REVOCATIONS = {
    "lost": N_("The key is lost: device broken, browser data deleted"),
    "exposed": N_("Somebody else may have the key"),
    "left": N_("The person has left"),
    "replaced": N_("Replaced by another key"),
}

PLACES = {"browser": N_("in a browser"), "file": N_("in a file")}
