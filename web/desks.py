"""The entries of each role's desk: what stands in the side navigation of signed-in pages; only what exists stands here."""

from infra.kernel.context import Role
from web.i18n import N_
from web.navigation import Entry
from web.visit import Visit

_FIRST = (Entry("/desk", N_("Workbench"), "grid"),)
_LAST = (Entry("/messages", N_("Messages"), "bell"), Entry("/account", N_("Account and keys"), "person"))
_PROCURERS = (Entry("/projects", N_("Projects"), "document"),)
_RECORDINGS = Entry("/recordings", N_("Recordings"), "play")
_RECORDER = Entry("/recorder", N_("Recorder"), "play")
_KEYS = Entry("/custody", N_("Opening keys"), "key")

DESKS: dict[Role, tuple[Entry, ...]] = {
    Role.BIDDER: (
        Entry("/bids", N_("My bids and receipts"), "lock"),
        Entry("/company", N_("Company profile"), "person"),
        Entry("/device", N_("Device check"), "check"),
    ),
    Role.PROCURING: (*_PROCURERS, Entry("/company", N_("Company profile"), "person")),
    Role.AGENT: (*_PROCURERS, _RECORDER, Entry("/company", N_("Company profile"), "person"), _KEYS),
    Role.CENTRE: (
        Entry("/centre/registrations", N_("Registrations"), "person"),
        Entry("/centre/projects", N_("Acceptance of projects"), "document"),
        Entry("/centre/board", N_("Day board"), "clock"),
        Entry("/evaluations", N_("Evaluations"), "person"),
        _RECORDINGS,
        _RECORDER,
        Entry("/centre/fees", N_("Fees of judges"), "document"),
        Entry("/centre/lotteries", N_("Lotteries"), "grid"),
        Entry("/centre/rehearsals", N_("Rehearsals"), "play"),
        _KEYS,
    ),
    Role.SUPERVISOR: (
        Entry("/evaluations", N_("Evaluations"), "person"),
        _RECORDINGS,
        Entry("/recordings/wall", N_("Live wall"), "eye"),
        Entry("/supervision/draws", N_("Draws of judges"), "check"),
        Entry("/supervision/judges", N_("Judge analytics"), "eye"),
        Entry("/supervision/sanctions", N_("Sanctions"), "shield"),
        Entry("/supervision/pairs", N_("Pairs drawn together"), "person"),
        Entry("/supervision/lotteries", N_("Lotteries"), "grid"),
        Entry("/audit", N_("Audit"), "eye"),
        _KEYS,
    ),
    Role.PUBLIC: (Entry("/company", N_("Company profile"), "person"),),
    Role.JUDGE: (),
    Role.EXPERT: (
        Entry("/expert", N_("My entry in the pool"), "person"),
        Entry("/expert/availability", N_("Times I am away"), "clock"),
        Entry("/expert/invitations", N_("Invitations"), "bell"),
        Entry("/expert/draws", N_("Was I in the pool?"), "check"),
        Entry("/expert/standing", N_("Own standing"), "shield"),
        Entry("/expert/fees", N_("Own fees"), "document"),
    ),
    Role.POOL: (
        Entry("/pool/applications", N_("Applications to the pool"), "document"),
        Entry("/pool", N_("Expert directory"), "person"),
        Entry("/pool/imports", N_("Import of experts"), "file"),
        Entry("/pool/employers", N_("Employers"), "grid"),
        Entry("/pool/professions", N_("Professions"), "text"),
        Entry("/pool/external", N_("Lists of other pools"), "lock"),
        Entry("/pool/appraisals", N_("Yearly appraisals"), "calendar"),
    ),
    Role.SYSTEM_ADMIN: (_KEYS,),
    Role.SECURITY_ADMIN: (_KEYS,),
    Role.AUDIT_ADMIN: (Entry("/audit", N_("Audit"), "eye"), _KEYS),
}


def desk_entry(visit: Visit) -> str:
    """The path of the entry under which the page that is looked at stands: the longest that fits, empty for none."""
    found = [one.path for one in desk_entries(visit) if visit.path == one.path or visit.path.startswith(one.path + "/")]
    return max(found, key=len, default="")


def desk_entries(visit: Visit) -> tuple[Entry, ...]:
    """The side navigation of whoever is signed in; a judge has a room, not a desk."""
    role = visit.actor.role
    if role is Role.JUDGE:
        return (Entry("/judge", N_("Evaluation"), "document"), _RECORDER)
    return (*_FIRST, *DESKS.get(role, ()), *_LAST)
