"""The one permission table: which role may do which verb; there is no role that may do everything."""

from infra.auth.tables import ADMINISTRATORS
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem

_PROCURERS = frozenset({Role.PROCURING, Role.AGENT})
_CENTRE = frozenset({Role.CENTRE})
_BIDDER = frozenset({Role.BIDDER})
_JUDGE = frozenset({Role.JUDGE})
_SYSTEM = frozenset({Role.SYSTEM})
_POOL = frozenset({Role.POOL})
_EXPERT = frozenset({Role.EXPERT})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "organisation.register": _SYSTEM | _CENTRE,
    "account.create": _SYSTEM | {Role.SYSTEM_ADMIN},
    "account.disable": frozenset({Role.SYSTEM_ADMIN}),
    "membership.grant": _SYSTEM | {Role.SECURITY_ADMIN},
    "signing-key.certify": _SYSTEM | _PROCURERS | _CENTRE | _BIDDER | _JUDGE | {Role.SUPERVISOR},
    "signing-key.revoke": _PROCURERS | _CENTRE | _BIDDER | _JUDGE | {Role.SUPERVISOR, Role.SECURITY_ADMIN},
    "registration.review": _CENTRE,
    "mandate.manage": _PROCURERS | _BIDDER,
    "trustee.enrol": _SYSTEM | {Role.SECURITY_ADMIN},
    "journal.read": frozenset({Role.SUPERVISOR, Role.AUDIT_ADMIN}),
    "names.read": frozenset({Role.SUPERVISOR}),
    "project.submit": _PROCURERS,
    "project.accept": _CENTRE,
    "project.return": _CENTRE,
    "section.create": _PROCURERS,
    "section.change": _PROCURERS,
    "document.draft": _PROCURERS,
    "document.freeze": _PROCURERS,
    "keyset.request": _PROCURERS | _CENTRE,
    "keyset.publish": frozenset({Role.TRUSTEE}),
    "notice.publish": _PROCURERS,
    "notice.import": _SYSTEM | _CENTRE,
    "question.ask": _BIDDER,
    "question.answer": _PROCURERS,
    "addendum.publish": _PROCURERS,
    "section.extend": _PROCURERS,
    "document-holders.read": _PROCURERS,
    "askers.read": frozenset({Role.SUPERVISOR, Role.AUDIT_ADMIN}),
    "document.subscribe": _BIDDER,
    "bid.confirm": _BIDDER,
    "bid.start": _BIDDER,
    "bid.rehearse": _BIDDER,
    "bid.submit": _BIDDER,
    "bid.replace": _BIDDER,
    "bid.withdraw": _BIDDER,
    "section.close": _SYSTEM,
    "key.release": frozenset({Role.TRUSTEE}),
    "bid.open": _SYSTEM,
    "bid.label": _SYSTEM,
    "reserve.seal": _PROCURERS,
    "bid.restore": _BIDDER,
    "factor.give": _BIDDER,
    "remedy.give": _BIDDER,
    "opening.limit": _SYSTEM,
    "cause.decide": _CENTRE,
    "opening.decide": _CENTRE,
    "hall.speak": _CENTRE | _PROCURERS,
    "opening-record.confirm": _BIDDER,
    "opening-record.settle": _SYSTEM | _BIDDER | _CENTRE | _PROCURERS,
    "opening-objection.raise": _BIDDER,
    "result-objection.raise": _BIDDER,
    "result-objection.answer": _PROCURERS,
    "opening-objection.answer": _CENTRE | _PROCURERS,
    "controller.declare": _BIDDER | _PROCURERS,
    "expert.review": _POOL,
    "expert.enter": _SYSTEM | _POOL,
    "expert.change": _SYSTEM | _POOL,
    "expert.suspend": _POOL | {Role.SUPERVISOR},
    "expert.remove": _POOL | {Role.SUPERVISOR},
    "expert.readmit": _POOL | {Role.SUPERVISOR},
    "expert.appraise": _POOL,
    "expert.lapse": _SYSTEM,
    "expert.import": _SYSTEM | _POOL,
    "expert.export": _POOL,
    "availability.enter": _EXPERT | _POOL,
    "representative.name": _PROCURERS,
    "recusal.request": _BIDDER,
    "recusal.settle": _SYSTEM | {Role.SUPERVISOR},
    "draw.request": _PROCURERS,
    "draw.order": _CENTRE,
    "draw.freeze": _SYSTEM,
    "draw.fail": _SYSTEM,
    "draw.disclose": _SYSTEM,
    "expert.invite": _SYSTEM,
    "invitation.answer": _EXPERT,
    "seat.check-in": _CENTRE,
    "list.sign": _CENTRE | {Role.SUPERVISOR},
    "fee.settle": _CENTRE,
    "judge.rate": _CENTRE | _PROCURERS,
    "sanction.decide": frozenset({Role.SUPERVISOR}),
    "sanction.appeal": _EXPERT,
    "pair.count": _SYSTEM | {Role.SUPERVISOR},
    "lottery.run": _SYSTEM | _PROCURERS | _CENTRE,
    "draw.commit": frozenset({Role.AGENT, Role.CENTRE, Role.SUPERVISOR}),
    "draw.reveal": _SYSTEM,
    "judge.sign-in": _JUDGE,
    "judge.return": _JUDGE,
    "slip.print": _CENTRE,
    "leader.vote": _JUDGE,
    "bid.read": _JUDGE,
    "examination.answer": _JUDGE,
    "examination.lock": _JUDGE,
    "examination.settle": _SYSTEM,
    "inquiry.draft": _JUDGE,
    "inquiry.send": _JUDGE,
    "inquiry.answer": _BIDDER,
    "mark.draft": _JUDGE,
    "redraw.allow": frozenset({Role.SUPERVISOR}),
    "sign-in.appoint": _CENTRE,
    "recusal.declare": _JUDGE,
    "judge.replace": _SYSTEM | _CENTRE,
    "resolution.move": _JUDGE,
    "resolution.vote": _JUDGE,
    "evaluation.begin": _CENTRE,
    "marks.lock": _JUDGE,
    "report.sign": _JUDGE,
    "explanation.give": _JUDGE,
    "report.settle": _SYSTEM,
    "marks.publish": _SYSTEM | _PROCURERS,
    "tie.decide": frozenset({Role.PROCURING}),
    "way.decide": frozenset({Role.PROCURING}),
    "candidates.publish": _PROCURERS,
    "award.publish": _PROCURERS,
    "section.archive": _SYSTEM | _CENTRE,
    "rehearsal.start": _CENTRE,
    "room.enter": _SYSTEM | _CENTRE,
    "room.book": _PROCURERS,
    "booking.move": _PROCURERS | _CENTRE,
    "booking.confirm": _CENTRE,
    "booking.cancel": _PROCURERS | _CENTRE,
}

ADMINISTRATIVE = frozenset(verb for verb, roles in PERMISSIONS.items() if roles & ADMINISTRATORS)


def require(actor: Actor, verb: str) -> None:
    """Refuse an actor whose role may not do the verb: `permission.denied`. An unlisted verb is a bug: KeyError."""
    if not may(actor, verb):
        raise Problem("permission.denied", verb=verb, role=str(actor.role))


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor's role may do the verb, for pages that show or hide a button."""
    return actor.role in PERMISSIONS[verb]
