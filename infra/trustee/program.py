"""The trustee's loop: exchange with the platform, co-sign consistent checkpoints, do duties, persist before answering."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from infra.crypto import merkle
from infra.crypto.sign import labelled, sign_ed25519
from infra.edge import context, random_bytes
from infra.kernel.canonical import b64, canonical, unb64
from infra.kernel.context import Actor, Context, Role
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import parse_checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.note import format_note, parse_note, verify_note
from infra.tlog.policy import parse_policy
from infra.trustee import duties
from infra.trustee.state import State, save

log = logging.getLogger("openhall.trustee")

REQUEST_LABEL = "openhall trustee request/v1"
PATH = "/api/trustees/exchange"
WAIT = 15
"""Seconds the platform may keep a question until it has news (RFC 7240)."""
MISSHAPEN = (AttributeError, KeyError, IndexError, TypeError, ValueError)
"""What reading an ill-made answer raises: whoever sends one must not be able to stop the program."""

_pinned = lru_cache(1)(parse_policy)


@dataclass
class Program:
    """One running trustee: its state, where it is kept, and the supervisor's audit of draw pools."""

    state: State
    path: Path
    audit: duties.Audit
    cosignature: dict[str, Any] | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def request(self, ctx: Context) -> tuple[bytes, dict[str, str]]:
        """The body and headers of the next exchange."""
        body = canonical(
            {
                "format": "trustee-request/v1",
                "trustee": self.state.name,
                "at": ctx.now.isoformat(),
                "size": self.state.size,
                "cosignature": self.cosignature,
                "answers": self.answers,
                "refused": self.refused,
            }
        )
        signature = sign_ed25519(self.state.signer, labelled(REQUEST_LABEL, sha256(body).digest()))
        said = {"trustee-signature": b64(signature), "content-type": "application/json"}
        return body, said | {"prefer": f"wait={WAIT}"}

    def receive(self, reply: Mapping[str, Any], ctx: Context) -> bool:
        """Take the platform's reply; returns whether there is something new to send back at once.

        An answer that was sent just now and is asked for again was not taken: it is repeated, but not in haste.
        """
        sent = {str(answer["duty"]) for answer in self.answers}
        self.cosignature, self.answers, self.refused = None, [], {}
        if not self.state.policy:
            self.state.policy = str(reply["policy"])
            log.warning("%s: first contact, the platform's policy is pinned", self.state.name)
        self._cosign(reply, ctx)
        for duty in reply["duties"]:
            self._do(duty, ctx)
        if self.cosignature or self.answers:
            save(self.path, self.state)
        return self.cosignature is not None or any(str(answer["duty"]) not in sent for answer in self.answers)

    def _cosign(self, reply: Mapping[str, Any], ctx: Context) -> None:
        """Co-sign a checkpoint only if it extends the last one co-signed; a fork is refused and said aloud."""
        if not reply.get("checkpoint"):
            return
        policy = _pinned(self.state.policy)
        note = parse_note(reply["checkpoint"])
        verify_note(note, policy.log)
        checkpoint = parse_checkpoint(note.text)
        if checkpoint.origin != policy.log.name:
            raise Problem("log.origin", origin=checkpoint.origin, expected=policy.log.name)
        if checkpoint.size < self.state.size:
            raise Problem("log.consistency", first=self.state.size, size=checkpoint.size)
        if checkpoint.size == self.state.size and checkpoint.root == self.state.root:
            return
        if self.state.size:
            proof = [unb64(step) for step in reply["consistency"]]
            merkle.verify_consistency(self.state.size, checkpoint.size, self.state.root, checkpoint.root, proof)
        self.state.size, self.state.root = checkpoint.size, checkpoint.root
        signature = cosign(note.text, self.state.witness, int(ctx.now.timestamp()))
        line = format_note(note.text, [signature])[len(note.text) + 1 :]
        self.cosignature = {"size": checkpoint.size, "line": line}

    def _do(self, duty: Mapping[str, Any], ctx: Context) -> None:
        try:
            answer = self._answer(duty, ctx)
        except Problem as problem:
            log.warning("%s: %s refused: %s", self.state.name, duty["kind"], problem)
            self.refused[str(duty["id"])] = problem.code
        except MISSHAPEN as error:
            log.warning("%s: a duty makes no sense: %s", self.state.name, type(error).__name__)
            self.refused[str(duty["id"])] = "trustee.misshapen"
        else:
            if answer is not None:
                self.answers.append({"duty": duty["id"], "answer": answer})

    def _answer(self, duty: Mapping[str, Any], ctx: Context) -> dict[str, Any] | None:
        """The answer to one duty; None while the platform cannot yet show what the duty rests on."""
        kind, payload, shown = duty["kind"], duty["payload"], duty["evidence"]
        if kind == "keyset-key":
            return duties.give_key(self.state, payload)
        if kind == "keyset-sign":
            return duties.sign_keyset(self.state, payload, ctx)
        if kind == "pool-audit":
            return duties.audit(self.state, payload, self.audit)
        if not shown:
            return None
        policy = _pinned(self.state.policy)
        if kind == "release":
            return duties.release(self.state, payload, shown[0], policy, ctx)
        if kind == "draw-commit":
            return duties.commit(self.state, payload, shown[0], policy, ctx)
        if kind == "draw-escrow":
            return duties.escrow(self.state, payload, shown, policy, ctx)
        raise Problem("trustee.unknown-duty", kind=kind)


async def serve(program: Program, platform: str, every: float, stop: asyncio.Event) -> None:
    """Dial out until `stop`: exchange, work, answer at once, else ask again after `every` seconds or more.

    The platform keeps a question until it has news; one that does not, or is away, is not asked more often than that.
    """
    loop, patient = asyncio.get_running_loop(), httpx.Timeout(10, read=10 + WAIT)
    stopped = asyncio.create_task(stop.wait())
    async with httpx.AsyncClient(base_url=platform, timeout=patient, trust_env=False) as client:
        while not stop.is_set():
            began, talk = loop.time(), asyncio.create_task(_exchange(program, client))
            await asyncio.wait({talk, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not talk.done():
                talk.cancel()
                await asyncio.wait({talk})
            elif not talk.result():
                pause = began + every + every * random_bytes(1)[0] / 1024 - loop.time()
                await asyncio.wait({stopped}, timeout=max(0.0, pause))
    stopped.cancel()


async def _exchange(program: Program, client: httpx.AsyncClient) -> bool:
    """One question and its answer; whether there is something to say at once."""
    actor = Actor(program.state.name, Role.TRUSTEE)
    try:
        body, headers = program.request(context(actor))
        response = await client.post(PATH, content=body, headers=headers)
        response.raise_for_status()
        return program.receive(response.json(), context(actor))
    except httpx.HTTPStatusError as error:
        # A co-signature that came so late that its checkpoint is no longer kept would be refused for ever.
        program.cosignature = None
        log.warning("%s: the platform refused: %s", program.state.name, error.response.status_code)
    except httpx.HTTPError as error:
        log.warning("%s: the platform is away: %s", program.state.name, type(error).__name__)
    except Problem as problem:
        log.error("%s: refused: %s", program.state.name, problem)
    except MISSHAPEN as error:
        log.error("%s: an answer makes no sense: %s", program.state.name, type(error).__name__)
    return False
