"""Signing keys by program or script: have a key certified, see one's own, revoke one (docs/formats/signing.md)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.auth.certification import SIGNERS, certify_key, own_keys, revoke_key
from infra.auth.signing import validity
from infra.auth.tables import SigningKey
from infra.kernel.canonical import b64, read, unb64
from infra.kernel.problems import Problem
from web.state import Stack
from web.visit import AnyRequest, actor_of

AUDIENCE = {"audience": tuple(SIGNERS)}
SMALL = 8192


@get("/api/signing-keys", opt=AUDIENCE)
async def keys(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """{account, keys}: whom a proof must name, and the keys of the body acted for, or of the person."""
    actor = actor_of(request)
    async with stack.database.reading() as session:
        found = await own_keys(session, actor)
    return Response({"account": actor.id, "keys": [_told(key) for key in found]}, headers={"Cache-Control": "no-store"})


@post("/api/signing-keys", opt=AUDIENCE, request_max_body_size=SMALL)
async def certifying(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """{public_key, proof, place?} gives the key with its certificate; `proof` signs `possession`."""
    told = _object(await request.body(), {"public_key", "proof"}, {"place"})
    address = request.client.host if request.client else None
    async with stack.database.work(actor_of(request), address) as work:
        key = await certify_key(
            work,
            stack.keys.authority,
            unb64(told["public_key"], 65),
            unb64(told["proof"], 64),
            place=told.get("place", "file"),
        )
        answer = _told(key)
    return Response(answer, status_code=201, headers={"Cache-Control": "no-store"})


@post("/api/signing-keys/{key:str}/revocation", opt=AUDIENCE, request_max_body_size=SMALL)
async def revoking(key: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """{reason} revokes a key of one's own or of one's body; what it signed before stays valid."""
    told = _object(await request.body(), {"reason"}, set())
    address = request.client.host if request.client else None
    async with stack.database.work(actor_of(request), address) as work:
        await revoke_key(work, key, told["reason"])
    return Response({"revoked": key}, status_code=200)


HANDLERS = [keys, certifying, revoking]


def _told(key: SigningKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "serial": key.serial,
        "place": key.place,
        "public_key": b64(key.public_key),
        "certificate": b64(key.certificate),
        "valid_until": validity(key.certificate).isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def _object(body: bytes, required: set[str], optional: set[str]) -> dict[str, str]:
    told = read(body)
    if not isinstance(told, dict) or not required <= set(told) <= required | optional:
        raise Problem("request.fields", expected=", ".join(sorted(required | optional)))
    if not all(isinstance(value, str) for value in told.values()):
        raise Problem("request.fields", expected=", ".join(sorted(required | optional)))
    return told
