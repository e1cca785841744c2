"""One tender from accepted project to archive: officials by use-cases, bidders by HTTP, trustees by themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from infra.auth.keys import PlatformKeys
from infra.custody.tables import Keyset
from infra.db.work import Database
from infra.kernel.context import Actor, Role
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.tlog.evidence import latest
from trading.archive.actions import evidence_file
from trading.evaluation.tables import Evaluation
from trading.opening.queries import opening_progress
from trading.projects.actions import accept_project
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.actions import ask_for_keyset, create_section, freeze_document, publish_tender
from trading.sections.drafting import attach_file
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.sections.templates import PRICES, TEMPLATES
from web.demo import cast
from web.demo.bidders import Bidders
from web.demo.files import pdf_of
from web.demo.judges import Judges, draw_judges
from web.demo.people import People
from web.stage import Stage

T = TypeVar("T")
Tell = Callable[[str], None]
LIMIT = 40.0
METHOD = TEMPLATES["benchmark"]
"""What the city's tender documents start from, as a clerk's would; its method is that of the cast."""


@dataclass
class Story:
    """The state of one telling: stores, people, the section, and what happened so far."""

    stage: Stage
    database: Database
    objects: Objects
    keys: PlatformKeys
    people: People
    folder: Path
    tell: Tell
    tender: str = "YH-GC-2026-1203"
    number: str = "01"
    title: str = cast.FIELDS["name"]
    owner: str = cast.PROCURER.login
    ceiling: str = "10000000.00"
    fields: Mapping[str, str] = field(default_factory=lambda: cast.FIELDS)
    terms: Mapping[str, Any] = field(default_factory=dict)
    minimum_wait: float = 0.0
    happened: dict[str, Any] = field(default_factory=dict)

    @property
    def section(self) -> str:
        """`<tender>/<section>`."""
        return f"{self.tender}/{self.number}"

    async def run(self) -> dict[str, Any]:
        """Tell the whole story; returns the facts of the closing line."""
        bidders = Bidders(self.stage.settings.origin, self.people, self.folder, self.section)
        self.minimum_wait = self.minimum_wait or await bidders.pace()
        making = asyncio.create_task(asyncio.to_thread(bidders.make_files))
        deadline = await self.prepare()
        await making
        await self.publish(deadline)
        await bidders.compete(self.database, deadline, self.tell)
        await self.until("开标 opened", self._in_state(SectionState.OPENED))
        self.tell(f"deadline passed; every bid opened for {self.section}")
        await draw_judges(self)
        await self.until("files checked", self._files_checked)
        judges = Judges(self)
        await judges.sit()
        await self.conclude()
        await bidders.close()
        return self.happened | bidders.happened

    async def prepare(self) -> datetime:
        """Project, section, frozen document, keyset of the three trustees; the deadline they were asked for."""
        async with self.database.work(self.people.actor("centre")) as work:
            await accept_project(
                work, self.tender, self.title,
                procuring_entity=self.people.body(self.owner), agent=self.people.body("agent"),
            )  # fmt: skip
        async with self.database.work(self.people.actor("agent")) as work:
            await create_section(work, self.tender, self.number, self.title, ceiling=fen(self.ceiling), **self.terms)
        await self.freeze()
        async with self.database.work(self.people.actor("agent")) as work:
            deadline = (work.ctx.now + timedelta(seconds=self.minimum_wait + 1)).replace(microsecond=0)
            await ask_for_keyset(work, self.section, deadline)
        self.tell("project accepted, document frozen, three trustees asked for a keyset")
        await self.until("keyset", self.ready)
        return deadline

    async def freeze(self) -> None:
        """The tender document: the method with the instructions as a file, frozen."""
        agent = self.people.actor("agent")
        told = [f"{label}：{self.fields[name]}" for name, label in cast.HEADINGS.items()]
        pdf = pdf_of(f"{self.title} 招标文件", [*told, f"最高投标限价：{self.ceiling} 元"])
        file = await attach_file(self.database, self.objects, agent, self.section, "招标文件.pdf", pdf)
        async with self.database.work(agent) as work:
            await freeze_document(
                work, self.section, method=cast.METHOD, labels=METHOD.labels, files=[file], clauses=METHOD.clauses,
                examination=self._examination(),
            )  # fmt: skip

    def _examination(self) -> list[dict[str, str]]:
        """The template's items; with prices in a second envelope, those that can be examined before it opens."""
        sealed = self.terms.get("two_envelope")
        return [one for one in METHOD.examination if not (sealed and one["clause"] == PRICES)]

    async def publish(self, deadline: datetime) -> None:
        """The tender notice, its periods checked against the demo rule set."""
        async with self.database.work(self.people.actor("agent")) as work:
            await publish_tender(
                work, self.section, sale_ends=deadline, deadline=deadline, fields={**self.fields, "name": self.title}
            )
        self.tell(f"keyset published, notice published, deadline {deadline.isoformat()}")

    async def conclude(self) -> None:
        """Candidates and marks, publicity, award, archive."""
        async with self.database.work(self.people.actor("agent")) as work:
            await publish_candidates(work, self.section)
        self.tell("candidates and every judge's marks published; publicity runs")
        await self.until("publicity", self._in_state(SectionState.DETERMINED))
        async with self.database.work(self.people.actor("agent")) as work:
            await publish_award(work, self.section)
        self.tell("award noticed; the evidence is being sealed")
        await self.until("evidence", self._archived)
        async with self.database.reading() as session:
            section = await session.get_one(Section, self.section)
            evaluation = await session.get_one(Evaluation, self.section)
            newest = await latest(session, 2)
        self.happened |= {
            "section": self.section,
            "order": evaluation.evidence["out"]["order"],
            "log_size": newest.size if newest else 0,
        }
        (self.folder / "evidence.zip").write_bytes(await evidence_file(self.objects, section))

    async def until(self, what: str, found: Callable[[], Awaitable[T | None]]) -> T:
        """Wait for something that others bring about; `demo.waited` when it does not come."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LIMIT + self.minimum_wait
        while loop.time() < end:
            if (value := await found()) is not None:
                return value
            self.stage.children.check()
            await asyncio.sleep(0.1)
        raise Problem("demo.waited", what=what)

    async def reach(self, state: SectionState) -> None:
        """Wait until others have brought the section into a state."""
        await self.until(state, self._in_state(state))

    async def ready(self) -> bool | None:
        """True once the keysets that the section asked for are published."""
        async with self.database.reading() as session:
            section = await session.get_one(Section, self.section)
            found = [await session.get_one(Keyset, one) for one in section.keysets]
            return True if all(one.published_at is not None for one in found) else None

    def actor_of(self, role: Role, identifier: str) -> Actor:
        """Somebody acting in a role without an organisation."""
        return Actor(identifier, role, None, cast.REGION)

    def _in_state(self, state: SectionState) -> Callable[[], Awaitable[bool | None]]:
        async def found() -> bool | None:
            async with self.database.reading() as session:
                return True if (await session.get_one(Section, self.section)).state == state else None

        return found

    async def _files_checked(self) -> bool | None:
        async with self.database.reading() as session:
            found = await opening_progress(session, self.section)
        return True if found.checked == found.listed else None

    async def _archived(self) -> str | None:
        async with self.database.reading() as session:
            return (await session.get_one(Section, self.section)).evidence
