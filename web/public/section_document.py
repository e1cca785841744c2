"""The tender document as everybody may read it, in every version that was issued: method, clauses, files, ceiling."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import b64
from infra.kernel.money import Fen, yuan
from trading.clarifications.queries import versions_of
from trading.publication.queries import Dossier
from trading.sections.tables import Document, DocumentVersion
from web.procurement.words import STAGES
from web.public.document_changes import clauses_of


class Issued(NamedTuple):
    """A version and its clauses, heading and text."""

    version: DocumentVersion
    clauses: list[list[str]]


async def issued_versions(session: AsyncSession, found: Dossier) -> list[Issued]:
    """Every version of a section's document with its clauses, the first one first."""
    versions = await versions_of(session, found.section.id)
    return [Issued(one, await clauses_of(session, found.section.title, one)) for one in versions]


def document_facts(found: Dossier, shown: Issued, issued: Sequence[Issued]) -> tuple[Dossier, dict[str, Any]]:
    """The dossier as if the shown version were in force, and what its page needs besides."""
    version = shown.version
    then = Document(
        section=version.section,
        region=version.region,
        method=version.method,
        labels=version.labels,
        examination=version.examination,
        files=version.files,
        digest=version.digest,
        frozen_at=version.issued_at,
        version=version.version,
    )
    facts = {
        "clauses": shown.clauses,
        "stage_names": STAGES,
        "ceiling": None if version.ceiling is None else yuan(Fen(version.ceiling)),
        "fingerprint": b64(version.digest),
        "versions": [one.version for one in issued],
        "in_force": version.version == issued[-1].version.version,
    }
    return replace(found, document=then), facts
