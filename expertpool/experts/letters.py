"""An account of one's own after the entry: a letter with a code from the pool office, a login and password by the expert."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.register import expert_of
from expertpool.experts.states import ExpertState
from expertpool.experts.tables import Expert, ExpertLetter
from infra.auth.accounts import count_try, create_account
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

CODE, CODE_TAG = "expert letter code", "expert letter code tag"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
VALID = timedelta(days=30)
FROM_ONE_ADDRESS = 10


async def issue_letter(work: Work, keys: KeyService, expert_id: str) -> ExpertLetter:
    """A letter good for thirty days; one issued before is void from now on.

    `expert.unknown`, `letter.linked` for who has an account, `letter.removed` for who has left the pool.
    """
    require(work.ctx.actor, "expert.review")
    expert = await expert_of(work.session, work.ctx.actor, expert_id)
    await work.session.refresh(expert, with_for_update=True)
    if expert.account is not None:
        raise Problem("letter.linked")
    if expert.state == ExpertState.REMOVED:
        raise Problem("letter.removed")
    open_ones = update(ExpertLetter).where(ExpertLetter.expert == expert_id, ExpertLetter.ends_at > work.ctx.now)
    await work.session.execute(open_ones.where(ExpertLetter.at < work.ctx.now).values(ends_at=work.ctx.now))
    letter_id = work.ctx.new_id("letter")
    letter = ExpertLetter(
        id=letter_id,
        region=expert.region,
        expert=expert_id,
        code_tag=_tag(keys, _code(keys, letter_id)),
        by=work.ctx.actor.id,
        at=work.ctx.now,
        ends_at=work.ctx.now + VALID,
    )
    work.session.add(letter)
    work.record(Event.EXPERT_LETTER_ISSUED, letter.id, region=expert.region)
    return letter


async def open_letter(session: AsyncSession, expert_id: str, now: datetime) -> ExpertLetter | None:
    """The letter by which the expert may still take an account, if there is one."""
    wanted = select(ExpertLetter).where(ExpertLetter.expert == expert_id, ExpertLetter.used_at.is_(None))
    found: ExpertLetter | None = await session.scalar(wanted.where(ExpertLetter.ends_at > now))
    return found


def printed_code(keys: KeyService, letter: ExpertLetter) -> str:
    """The code of a letter in groups of four; it stands nowhere, the key service makes it anew."""
    code = _code(keys, letter.id)
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


async def count_letter_try(work: Work) -> None:
    """One try more from the actor's address, kept whatever becomes of it; `letter.tries` for the eleventh in a quarter hour."""
    tried = sha256(b"expert-letter/v1\0" + (work.ctx.address or "").encode("utf-8", "replace")).digest()
    if await count_try(work, tried, FROM_ONE_ADDRESS):
        raise Problem("letter.tries")


async def link_account(work: Work, keys: KeyService, code: str, number: str, login: str, password: str) -> str:
    """The expert of a letter takes a login and a password; the login. Done by the system, for who holds the letter.

    The account is named by the expert's number: no name stands in the open. `letter.unknown` for a wrong code, another's
    number, a letter that is over or used: one answer; `login.…`, `password.length`.
    """
    known = select(ExpertLetter, Expert).join(Expert, Expert.id == ExpertLetter.expert)
    known = known.where(
        ExpertLetter.code_tag == _tag(keys, code),
        Expert.number == number.strip().upper().replace("\0", ""),
        ExpertLetter.used_at.is_(None),
        ExpertLetter.ends_at > work.ctx.now,
        Expert.account.is_(None),
    )
    found = (await work.session.execute(known.with_for_update())).one_or_none()
    if found is None:
        raise Problem("letter.unknown")
    letter, expert = found
    account = await create_account(
        work,
        login=login,
        name=expert.number or "",
        password=password,
        role=Role.EXPERT,
        region=expert.region,
    )
    expert.account, letter.used_at = account.id, work.ctx.now
    work.record(Event.EXPERT_ACCOUNT_LINKED, letter.id, region=expert.region)
    return account.login


def _code(keys: KeyService, letter_id: str) -> str:
    """Twelve signs of thirty: 58 bits that only the key service can make of the letter's id."""
    number = int.from_bytes(keys.tag(CODE, letter_id, b""))
    return "".join(LETTERS[number // 30**place % 30] for place in range(LENGTH))


def _tag(keys: KeyService, code: str) -> bytes:
    return keys.tag(CODE_TAG, "", "".join(code.split()).upper().replace("-", "").encode())
