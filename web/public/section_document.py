"""The tender document as everybody may read it: method, what marks mean, clauses with an address each, files."""

from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from trading.publication.queries import Dossier
from trading.sections.drafting import CLAUSES
from trading.sections.tables import SectionDraft
from trading.sections.templates import Clause
from web.procurement.builder import clause_text, clauses_in


async def frozen_clauses(session: AsyncSession, found: Dossier) -> list[Clause]:
    """The clauses whose text has the hash of the frozen file of clauses; none where the document has no such file."""
    frozen = next((file for file in found.document.files if file["name"] == CLAUSES), None)
    draft = await session.get(SectionDraft, found.section.id)
    if frozen is None or draft is None:
        return []
    clauses = clauses_in(draft.fields)
    text = clause_text(found.section.title, clauses)
    return list(clauses) if sha256(text.encode()).hexdigest() == frozen["sha256"] else []
