"""What a profile leaves in the rows of the pool: searched for or counted in the open, all else sealed or as a tag."""

from typing import Any

from expertpool.experts.contact import Contact, contact_of, seal_contact
from expertpool.experts.rules import LAW, Profile, Title, reaches
from expertpool.experts.sealing import (
    IDENTITY_LABEL,
    NAME,
    fingerprint,
    identity_of,
    name_of,
    name_tag,
    number_tag,
    phone_tag,
    seal_text,
)
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.kernel.context import Context


def columns_of(keys: KeyService, expert_id: str, profile: Profile, ctx: Context) -> dict[str, Any]:
    """The columns of `experts` that a checked profile fills, sealed for this row; state and validity are none of them."""
    return {
        "id": expert_id,
        "region": profile.region,
        "name": seal_text(keys, NAME, expert_id, profile.name, ctx.random),
        "identity": seal_text(keys, IDENTITY_LABEL, expert_id, profile.identity, ctx.random),
        "fingerprint": fingerprint(keys, profile.identity),
        "name_tag": name_tag(keys, profile.name),
        "phone_tag": phone_tag(keys, profile.phone) if profile.phone else None,
        "sealed_contact": seal_contact(keys, expert_id, Contact(profile.phone, profile.email), ctx),
        "employer": profile.employer,
        "employer_name": profile.employer_name or None,
        "specialties": list(profile.professions),
        "reaches": reaches(profile.professions),
        "title": str(profile.title),
        "years": profile.years,
    }


def profile_in_row(keys: KeyService, expert: Expert) -> Profile:
    """What the row alone tells: the first version of somebody who was entered before versions were kept.

    Where no title or years were ever told, those that every entry must have had stand in for them.
    """
    contact = contact_of(keys, expert)
    return Profile(
        name=name_of(keys, expert),
        identity=identity_of(keys, expert),
        phone=contact.phone,
        email=contact.email,
        bank="",
        employer=expert.employer,
        employer_name=expert.employer_name or "",
        title=Title(expert.title) if expert.title in set(Title) else Title.EQUAL,
        years=expert.years or LAW.years,
        region=expert.region,
        professions=tuple(sorted(expert.specialties)),
    )


def version_facts(keys: KeyService, number: str, version: int, digest: bytes) -> dict[str, Any]:
    """What the log holds of a version: a pseudonym of the expert's number, the version's number, and its digest."""
    return {"number": number_tag(keys, number), "version": version, "digest": digest.hex()}
