"""A whole platform on one machine: embedded stores, tables, three DEMO trustees, web, worker; all end together."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import httpx

from infra.custody import duties
from infra.custody.actions import enrol
from infra.db.migrate import migrate
from infra.db.work import Database
from infra.edge import random_bytes
from infra.embedded.children import Children, openhall
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
from infra.embedded.store import Store
from infra.kernel.canonical import unb64
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.settings import Settings
from infra.trustee import keeping as states
from infra.trustee.duties import BODIES

PATIENCE = 30.0
TRUSTEE_POLL = 0.3


class Stage:
    """Starts everything in order and ends it in reverse; `settings` afterwards hold the stores' addresses."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.children = Children(settings.home)
        self._stores: list[Store] = []

    def open(self) -> None:
        """Stores, tables, trustees' states and enrolment, then the processes; `platform.silent` if the web stays mute."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        self._open_stores()
        environ = self.environ()
        # The web takes longest to load: it starts while the tables are made, and serves pages once they are.
        self.children.start("web", openhall("serve"), environ)
        asyncio.run(self._prepare())
        self.children.start("worker", openhall("worker"), environ)
        if self.settings.mode == "demo":
            self._start_demo_trustees(environ)

    def wait_until_ready(self) -> None:
        """Return when the first page can be had."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.children.check()
            try:
                if httpx.get(f"{self.settings.origin}/healthz", trust_env=False, timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise Problem("platform.silent", origin=self.settings.origin, seconds=PATIENCE)

    def environ(self) -> dict[str, str]:
        """The environment of the platform's own processes."""
        settings = self.settings
        assert settings.database is not None and settings.objects is not None
        return {
            **os.environ,
            "OPENHALL_HOME": str(settings.home),
            "OPENHALL_MODE": settings.mode,
            "OPENHALL_HOST": settings.host,
            "OPENHALL_PORT": str(settings.port),
            "OPENHALL_ORIGIN": settings.origin,
            "OPENHALL_DATABASE_URL": settings.database.dsn,
            "OPENHALL_S3_URL": settings.objects.url,
        }

    def close(self) -> None:
        """End the processes, then the stores that were started here."""
        self.children.stop()
        while self._stores:
            self._stores.pop().stop()

    def __enter__(self) -> "Stage":
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start_demo_trustees(self, environ: dict[str, str]) -> None:
        """Each is told nothing but its own state and the platform's address; without passphrase, as demonstrations may."""
        bare = {name: value for name, value in environ.items() if not name.startswith("OPENHALL_")}
        for body in BODIES:
            arguments = ["--state", str(self._state(body)), "--platform", self.settings.origin]
            arguments += ["--every", str(TRUSTEE_POLL), "--unprotected"]
            self.children.start(f"trustee-{body}", openhall("trustee", "serve", *arguments), bare)

    def _open_stores(self) -> None:
        """Both stores side by side; outside ones are left alone."""
        settings = self.settings
        with ThreadPoolExecutor(2) as pool:
            database = None if settings.database else pool.submit(EmbeddedPostgres.start, settings.home)
            objects = None if settings.objects else pool.submit(EmbeddedObjects.start, settings.home)
        if database is not None:
            self._keep("postgres", database.result())
            settings = replace(settings, database=database.result().address)
        if objects is not None:
            self._keep("objects", objects.result())
            settings = replace(settings, objects=objects.result().address)
        self.settings = settings

    def _keep(self, name: str, store: Store) -> None:
        self._stores.append(store)
        self.children.watch(name, lambda: store.ended)

    async def _prepare(self) -> None:
        assert self.settings.database is not None
        await migrate(self.settings.database)
        if self.settings.mode == "demo":
            await self._enrol_demo_trustees()

    async def _enrol_demo_trustees(self) -> None:
        """Three trustees on one host are allowed in mode demo only; every page of theirs says DEMO."""
        assert self.settings.database is not None
        database = Database(self.settings.database.sqlalchemy, mode=self.settings.mode)
        try:
            async with database.reading() as session:
                known = {one.name: one for one in await duties.trustees(session)}
            for body in BODIES:
                path = self._state(body)
                state = states.load(path) if path.exists() else None
                if state is None:
                    state = states.create(path, f"{body}.trustee.yunhu.example", body, random_bytes)
                told = state.enrolment()
                if state.name not in known:
                    async with database.work(SYSTEM) as work:
                        await enrol(
                            work, told["name"], body,
                            signer=unb64(told["signer"]), sealing=unb64(told["sealing"]), vkey=told["vkey"],
                            beacon=unb64(told["beacon"]),
                        )  # fmt: skip
                elif known[state.name].vkey != told["vkey"]:
                    raise Problem("trustee.foreign-state", body=body, path=path)
        finally:
            await database.close()

    def _state(self, body: str) -> Path:
        return self.settings.home / "trustees" / body / "state.json"
