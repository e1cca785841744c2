"""Setting up second factors, proving oneself with them, taking them away again."""

from sqlalchemy import delete, select, update

from infra.auth.keys import KeyService
from infra.auth.second_factor import codes, passkeys
from infra.auth.second_factor.passkeys import Party
from infra.auth.second_factor.queries import factors_of, is_staff
from infra.auth.second_factor.tables import Authenticator, RecoveryCode
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

KINDS = ("totp", "passkey")
LABEL = "second-factor"
MOST = 8


async def begin(work: Work, service: KeyService, account: str, kind: str, name: str) -> Authenticator:
    """An authenticator that counts once it is confirmed; earlier ones never confirmed are dropped.

    `second-factor.kind`, `second-factor.name`, `second-factor.too-many`.
    """
    if kind not in KINDS:
        raise Problem("second-factor.kind")
    if not is_written(name, 60):
        raise Problem("second-factor.name")
    if len((await factors_of(work.session, account)).authenticators) >= MOST:
        raise Problem("second-factor.too-many", most=MOST)
    unconfirmed = delete(Authenticator).where(Authenticator.account == account, Authenticator.confirmed_at.is_(None))
    await work.session.execute(unconfirmed)
    made = Authenticator(
        id=work.ctx.new_id("factor"), account=account, kind=kind, name=name.strip(), created_at=work.ctx.now
    )
    secret = codes.new_secret(work.ctx.random) if kind == "totp" else work.ctx.random(32)
    made.secret = service.wrap(LABEL, made.id, secret, work.ctx.random)
    work.session.add(made)
    await work.session.flush()
    return made


def secret_of(service: KeyService, authenticator: Authenticator) -> bytes:
    """The shared secret; of a passkey the challenge while it is unconfirmed, then its public key."""
    return service.unwrap(LABEL, authenticator.id, authenticator.secret)


async def confirm_code(work: Work, service: KeyService, authenticator: Authenticator, code: str) -> list[str]:
    """Confirm a code generator by a code of it; recovery codes where these are the account's first; `….code`."""
    step = codes.fitting_step(secret_of(service, authenticator), code, work.ctx.now)
    if step is None:
        raise Problem("second-factor.code")
    first = await _is_first(work, authenticator)
    authenticator.counter = step
    return await _confirmed(work, authenticator, first)


async def confirm_passkey(
    work: Work, service: KeyService, authenticator: Authenticator, party: Party, answer: str
) -> list[str]:
    """Confirm a passkey by the browser's answer; recovery codes where these are the account's first; `….passkey`."""
    made = passkeys.read_creation(party, secret_of(service, authenticator), answer)
    if await work.session.scalar(select(Authenticator.id).where(Authenticator.credential == made.credential)):
        raise Problem("second-factor.passkey")
    first = await _is_first(work, authenticator)
    authenticator.credential, authenticator.counter = made.credential, made.counter
    authenticator.secret = service.wrap(LABEL, authenticator.id, made.public_key, work.ctx.random)
    return await _confirmed(work, authenticator, first)


async def prove_by_code(work: Work, service: KeyService, account: str, code: str) -> None:
    """Take a one-time code, each time step once, or an unused recovery code; `second-factor.code` for any other."""
    for authenticator in (await factors_of(work.session, account)).generators:
        step = codes.fitting_step(secret_of(service, authenticator), code, work.ctx.now)
        if step is not None and await _advance(work, authenticator, step):
            return
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == codes.recovery_hash(account, code),
            RecoveryCode.account == account,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=work.ctx.now)
        .returning(RecoveryCode.account)
    )
    if await work.session.scalar(used) is None:
        raise Problem("second-factor.code")


async def prove_by_passkey(
    work: Work, service: KeyService, account: str, party: Party, challenge: bytes, answer: str
) -> None:
    """Take a passkey's signature over the challenge of this sign-in; `second-factor.passkey`."""
    claimed = passkeys.credential_of(answer)
    own = (await factors_of(work.session, account)).passkeys
    authenticator = next((one for one in own if one.credential == claimed), None)
    if authenticator is None:
        raise Problem("second-factor.passkey")
    public_key = secret_of(service, authenticator)
    authenticator.counter = passkeys.read_answer(party, challenge, answer, public_key, authenticator.counter)
    authenticator.used_at = work.ctx.now


async def remove(work: Work, authenticator_id: str) -> None:
    """Take one's own authenticator away; staff keep at least one outside the demonstration (`second-factor.last`)."""
    account = work.ctx.actor.id
    own = (await factors_of(work.session, account)).authenticators
    authenticator = next((one for one in own if one.id == authenticator_id), None)
    if authenticator is None:
        raise Problem("second-factor.unknown")
    if len(own) == 1:
        if work.ctx.mode != "demo" and await is_staff(work.session, account):
            raise Problem("second-factor.last")
        await work.session.execute(delete(RecoveryCode).where(RecoveryCode.account == account))
    await work.session.delete(authenticator)
    work.record(Event.SECOND_FACTOR_REMOVED, account, kind=authenticator.kind, account=account)


async def renew_recovery_codes(work: Work, account: str) -> list[str]:
    """Ten new recovery codes, to be shown once; the old ones are dead."""
    await work.session.execute(delete(RecoveryCode).where(RecoveryCode.account == account))
    made = codes.new_recovery_codes(work.ctx.random)
    for code in made:
        work.session.add(
            RecoveryCode(code_hash=codes.recovery_hash(account, code), account=account, created_at=work.ctx.now)
        )
    return made


async def new_recovery_codes(work: Work) -> list[str]:
    """Ten new recovery codes for oneself, to be shown once; `second-factor.unknown` without any second factor."""
    account = work.ctx.actor.id
    if not (await factors_of(work.session, account)).authenticators:
        raise Problem("second-factor.unknown")
    work.record(Event.SECOND_FACTOR_ADDED, account, kind="recovery-codes", account=account)
    return await renew_recovery_codes(work, account)


async def find_unconfirmed(work: Work, account: str, authenticator_id: str) -> Authenticator:
    """The account's own authenticator that waits for confirmation; `second-factor.unknown`."""
    found = None if "\0" in authenticator_id else await work.session.get(Authenticator, authenticator_id)
    if found is None or found.account != account or found.confirmed_at is not None:
        raise Problem("second-factor.unknown")
    return found


async def _is_first(work: Work, authenticator: Authenticator) -> bool:
    return not (await factors_of(work.session, authenticator.account)).authenticators


async def _confirmed(work: Work, authenticator: Authenticator, first: bool) -> list[str]:
    authenticator.confirmed_at = work.ctx.now
    await work.session.flush()
    account = authenticator.account
    work.record(Event.SECOND_FACTOR_ADDED, account, kind=authenticator.kind, account=account)
    return await renew_recovery_codes(work, account) if first else []


async def _advance(work: Work, authenticator: Authenticator, step: int) -> bool:
    """Whether the step is later than any used before; two at once cannot both be."""
    later = (
        update(Authenticator)
        .where(Authenticator.id == authenticator.id, Authenticator.counter < step)
        .values(counter=step, used_at=work.ctx.now)
        .returning(Authenticator.id)
    )
    return await work.session.scalar(later) is not None
