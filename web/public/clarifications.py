"""What was changed and answered since the notice, for everybody: answers, addenda with their differences, later deadlines."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.clarifications.queries import Changes, changes_of
from trading.clarifications.rules import asked_until
from trading.clarifications.states import QuestionKind
from trading.publication.queries import Dossier
from trading.regimes.regime import Rule
from trading.sections.states import SectionState
from web.public.desk import Desk
from web.public.document_changes import compared, words
from web.public.kept import KEPT
from web.public.section_document import Issued, issued_versions
from web.public.section_page import kept_document, section_page
from web.public.section_view import regime_of
from web.public.sections import document_page
from web.render import PageResponse


@get("/sections/{tender:str}/{number:str}/clarifications", opt=KEPT)
async def clarifications(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """Answers, addenda, deadlines and versions of one section; the same for everybody, whoever asked or fetched."""
    at = desk.asking()

    async def read(session: AsyncSession, found: Dossier) -> list[Changes]:
        return [await changes_of(session, found.section.id)]

    async def show(found: Dossier, changes: list[Changes]) -> PageResponse:
        section, regime = found.section, regime_of(found)
        assert section.deadline is not None and section.published_at is not None
        limits = [
            (kind, asked_until(regime, kind, section.deadline, section.published_at), regime.parameter(rule))
            for kind, rule in (
                (QuestionKind.QUESTION, Rule.QUESTION),
                (QuestionKind.OBJECTION, Rule.OBJECTION_DOCUMENT),
            )
        ]
        return section_page(
            at.visit,
            at.stack.demo,
            found,
            "public/section_clarifications.html",
            changes=changes[0],
            limits=limits,
            open=section.state == SectionState.BIDDING,
            **words(),
        )

    return await kept_document(at, f"{tender}/{number}", read, show)


@get("/sections/{tender:str}/{number:str}/tender-document/{version:int}", opt=KEPT)
async def one_version(
    tender: FromPath[str], number: FromPath[str], version: FromPath[int], desk: NamedDependency[Desk]
) -> Response[bytes]:
    """One version of the document as it was issued; `document.version-unknown`."""
    at = desk.asking()

    async def show(found: Dossier, issued: list[Issued]) -> PageResponse:
        return document_page(at.visit, at.stack.demo, found, _chosen(issued, version), issued)

    return await kept_document(at, f"{tender}/{number}", issued_versions, show)


@get("/sections/{tender:str}/{number:str}/tender-document/{version:int}/changes", opt=KEPT)
async def version_changes(
    tender: FromPath[str], number: FromPath[str], version: FromPath[int], desk: NamedDependency[Desk]
) -> Response[bytes]:
    """What a version changed of the one before it; `document.version-unknown`, `document.version-first`."""
    at = desk.asking()

    async def show(found: Dossier, issued: list[Issued]) -> PageResponse:
        now = _chosen(issued, version)
        if now is issued[0]:
            raise Problem("document.version-first", version=version)
        before = _chosen(issued, version - 1)
        comparison = compared(at.visit, before.version, now.version, (before.clauses, now.clauses))
        return section_page(
            at.visit,
            at.stack.demo,
            found,
            "public/section_changes.html",
            comparison=comparison,
            version=now.version,
            before=before.version,
            **words(),
        )

    return await kept_document(at, f"{tender}/{number}", issued_versions, show)


def _chosen(issued: list[Issued], version: int) -> Issued:
    found = next((one for one in issued if one.version.version == version), None)
    if found is None:
        raise Problem("document.version-unknown", version=version)
    return found


HANDLERS = [clarifications, one_version, version_changes]
