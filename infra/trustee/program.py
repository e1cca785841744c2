"""The trustee's loop: exchange with the platform, co-sign consistent checkpoints, do duties, persist before answering."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from infra.crypto.sign import labelled, sign_ed25519
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import Actor, Context, Role
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from infra.trustee import checking, confirming, duties, records, releasing
from infra.trustee.confirming import Waiting
from infra.trustee.fetching import PATIENCE, Fetch, no_pools, pools_of
from infra.trustee.keeping import reload, save
from infra.trustee.readiness import Host, clock_offset, readiness
from infra.trustee.stamps import Stamps
from infra.trustee.state import State
from infra.trustee.witness import CONFLICT, keep_conflict, pin, pinned, witness

log = logging.getLogger("openhall.trustee")

REQUEST_LABEL = "openhall trustee request/v1"
PATH = "/api/trustees/exchange"
WAIT = 15
"""Seconds the platform may keep a question until it has news (RFC 7240)."""
LOOK = 0.5
"""Seconds between two looks at what a person has confirmed."""
MISSHAPEN = (AttributeError, KeyError, IndexError, TypeError, ValueError)
"""What reading an ill-made answer raises: whoever sends one must not be able to stop the program."""
UNKNOWN = Host(None, None)
UNCONFIRMED = "release.unconfirmed"


@dataclass
class Program:
    """One running trustee: its state, where it is kept, the supervisor's audit of draw pools, its machine.

    With `confirming` keys of bids wait for a person's word, with `stamps` for a token of a time authority. `pools` is
    where the pieces of a pool to be audited come from: `receive` then blocks, and belongs into a thread.
    """

    state: State
    path: Path
    audit: duties.Audit
    host: Host = UNKNOWN
    confirming: bool = False
    stamps: Stamps | None = None
    pools: Fetch = no_pools
    offset: int | None = None
    cosignature: dict[str, Any] | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    held: list[Waiting] = field(default_factory=list)

    def request(self, ctx: Context) -> tuple[bytes, dict[str, str]]:
        """The body and headers of the next exchange."""
        body = canonical(
            {
                "format": "trustee-request/v2",
                "trustee": self.state.name,
                "at": ctx.now.isoformat(),
                "size": self.state.size,
                "cosignature": self.cosignature,
                "answers": self.answers,
                "refused": self.refused,
                "readiness": readiness(self.state, self.host, self.offset, self.confirming, len(self.held))
                | {"time_stamp": None if self.stamps is None else self.stamps.standing},
            }
        )
        signature = sign_ed25519(self.state.signer, labelled(REQUEST_LABEL, sha256(body).digest()))
        said = {"trustee-signature": b64(signature), "content-type": "application/json"}
        return body, said | {"prefer": f"wait={WAIT}"}

    def receive(self, reply: Mapping[str, Any], ctx: Context) -> bool:
        """Take the platform's reply; returns whether there is something new to send back at once.

        An answer that was sent just now and is asked for again was not taken: it is repeated, but not in haste.
        `trustee.unwritable` where the state could not be written. Whatever is raised, nothing is answered then.
        """
        sent = {str(answer["duty"]) for answer in self.answers}
        self.cosignature, self.answers, self.refused, self.held = None, [], {}, []
        self.offset = clock_offset(reply.get("at"), ctx)
        size = self.state.size
        try:
            first = self._first_contact(reply)
            self.cosignature = self._witness(reply, ctx)
            for duty in reply["duties"]:
                self._do(duty, ctx)
            if first or self.cosignature or self.answers or self.state.size != size:
                save(self.path, self.state)
        except (Problem, *MISSHAPEN):
            self._forget()
            raise
        confirming.keep_waiting(self.path, self.held)
        return self.cosignature is not None or any(str(answer["duty"]) not in sent for answer in self.answers)

    def _first_contact(self, reply: Mapping[str, Any]) -> bool:
        pinned_now = pin(self.state, str(reply["policy"]))
        if pinned_now:
            told = self.state.policy_hash
            log.warning("%s: first contact, the platform's policy is pinned: SHA-256 %s", self.state.name, told)
        return pinned_now

    def _witness(self, reply: Mapping[str, Any], ctx: Context) -> dict[str, Any] | None:
        """Co-sign; the proof of a conflict is kept before it is refused."""
        began = bool(self.state.size)
        try:
            cosignature = witness(self.state, reply, ctx)
        except Problem as problem:
            if problem.code == CONFLICT and keep_conflict(self.state, self.path.parent, reply, ctx):
                save(self.path, self.state)
            raise
        if self.state.restored_at and self.state.size and not began:
            log.warning(
                "%s: rebuilt from paper: goes on from the others' checkpoint %d", self.state.name, self.state.size
            )
        return cosignature

    def _forget(self) -> None:
        """What was not written has not happened: the next question must not tell of it."""
        self.cosignature, self.answers, self.held = None, [], []
        self.state = reload(self.path, self.state)

    def _do(self, duty: Mapping[str, Any], ctx: Context) -> None:
        try:
            answer = self._answer(duty, ctx)
        except Problem as problem:
            log.warning("%s: %s refused: %s", self.state.name, duty["kind"], problem)
            self.refused[str(duty["id"])] = problem.code
            if problem.code == UNCONFIRMED:
                self.held.append(Waiting(str(duty["payload"]["keyset"]), str(problem.facts["section"])))
        except MISSHAPEN as error:
            log.warning("%s: a duty makes no sense: %s", self.state.name, type(error).__name__)
            self.refused[str(duty["id"])] = "trustee.misshapen"
        else:
            if answer is not None:
                self.answers.append({"duty": duty["id"], "answer": answer})

    def _answer(self, duty: Mapping[str, Any], ctx: Context) -> dict[str, Any] | None:
        """The answer to one duty; None while the platform cannot yet show what the duty rests on."""
        kind, payload, shown = duty["kind"], duty["payload"], duty["evidence"]
        if "record_key" in payload:
            records.pin_record_key(self.state, payload["record_key"], pinned(self.state.policy))
        if kind == "keyset-key":
            return duties.give_key(self.state, payload)
        if kind == "keyset-sign":
            return duties.sign_keyset(self.state, payload, self.confirming)
        if kind == "pool-audit":
            return duties.audit(self.state, payload, self.audit, self.pools)
        if kind == "record-key":
            return records.give_record_key(self.state)
        if not shown:
            return None
        policy = pinned(self.state.policy)
        if kind == "release":
            return releasing.release(self.state, payload, shown, policy, ctx, self._asked(), self.stamps)
        if kind == "release-check":
            return self._check(payload, shown, policy, ctx)
        if kind == "keyset-extend":
            return releasing.extend(self.state, payload, shown, policy)
        if kind == "draw-commit":
            return duties.commit(self.state, payload, shown[0], policy, ctx, shown[1:])
        if kind == "draw-escrow":
            return duties.escrow(self.state, payload, shown, policy, ctx)
        raise Problem("trustee.unknown-duty", kind=kind)

    def _check(self, payload: Mapping[str, Any], shown: Any, policy: Policy, ctx: Context) -> dict[str, Any]:
        answer = checking.check_release(self.state, payload, shown, policy, ctx)
        if answer["verdict"] != checking.FITS:
            told = (self.state.name, payload["custodian"], payload["keyset"], answer["verdict"])
            log.error("%s: the key released by %s for keyset %s does not fit: %s", *told)
        return answer

    def _asked(self) -> releasing.Confirmed | None:
        """Whether a person has confirmed a keyset, where a person is asked at all."""
        if not self.confirming:
            return None
        return lambda keyset: confirming.is_confirmed(self.path, self.state, keyset)


async def serve(program: Program, platform: str, every: float, stop: asyncio.Event) -> None:
    """Dial out until `stop`: exchange, work, answer at once, else ask again after `every` seconds or more.

    The platform keeps a question until it has news; one that does not, or is away, is not asked more often than that.
    """
    loop, patient = asyncio.get_running_loop(), httpx.Timeout(10, read=10 + WAIT)
    stopped = asyncio.create_task(stop.wait())
    given = asyncio.create_task(_token(program, stop))
    async with AsyncExitStack() as opened:
        client = await opened.enter_async_context(
            httpx.AsyncClient(base_url=platform, timeout=patient, trust_env=False)
        )
        fetching = opened.enter_context(httpx.Client(base_url=platform, timeout=PATIENCE, trust_env=False))
        program.pools = pools_of(fetching, lambda: program.state)
        while not stop.is_set():
            began, talk = loop.time(), asyncio.create_task(_exchange(program, client))
            heard = asyncio.create_task(_confirmation(program))
            await asyncio.wait({talk, stopped, heard, given}, return_when=asyncio.FIRST_COMPLETED)
            if heard.done() or given.done():
                # What was refused for want of a word, or of a token, is asked about anew.
                program.refused = {}
            if given.done():
                given = asyncio.create_task(_token(program, stop))
            heard.cancel()
            if not talk.done():
                talk.cancel()
                await asyncio.wait({talk})
            elif not talk.result():
                pause = began + every + every * random_bytes(1)[0] / 1024 - loop.time()
                await asyncio.wait({stopped}, timeout=max(0.0, pause))
    stopped.cancel()
    given.cancel()


async def _confirmation(program: Program) -> None:
    """Return when a person has confirmed something that is held back."""
    before = confirming.confirmed_at(program.path)
    while not program.held or confirming.confirmed_at(program.path) == before:
        await asyncio.sleep(LOOK)


async def _token(program: Program, stop: asyncio.Event) -> None:
    """Return when the time authority has stamped a checkpoint that a release waits for."""
    if program.stamps is None or not await program.stamps.run(stop):
        await stop.wait()


async def _exchange(program: Program, client: httpx.AsyncClient) -> bool:
    """One question and its answer; whether there is something to say at once."""
    actor = Actor(program.state.name, Role.TRUSTEE)
    try:
        body, headers = program.request(context(actor))
        response = await client.post(PATH, content=body, headers=headers)
        response.raise_for_status()
        return await _undisturbed(asyncio.to_thread(program.receive, response.json(), context(actor)))
    except httpx.HTTPStatusError as error:
        # A co-signature that came so late that its checkpoint is no longer kept would be refused for ever.
        program.cosignature = None
        log.warning("%s: the platform refused: %s %s", program.state.name, *_refusal(error.response))
    except httpx.HTTPError as error:
        log.warning("%s: the platform is away: %s", program.state.name, type(error).__name__)
    except Problem as problem:
        log.error("%s: refused: %s", program.state.name, problem)
    except MISSHAPEN as error:
        log.error("%s: an answer makes no sense: %s", program.state.name, type(error).__name__)
    return False


async def _undisturbed(work: Coroutine[Any, Any, bool]) -> bool:
    """What changes the state ends before anything else may begin, even where nobody waits for it any more."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def _refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and, where the platform gives one, the code of a refusal."""
    try:
        return response.status_code, str(response.json()["code"])[:80]
    except MISSHAPEN:
        return response.status_code, ""
