"""Time tokens on the Verify page: whose they are and what they are about, as the command line finds it; forgeries of both."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from browser_hall import Hall
from playwright.async_api import Browser, Page
from test_verify_checks import differing, on_page
from time_stamper import EC, RSA, TimeStamper, founded
from verify_cases import SCRIPTS, checked, code_of, evidence_case, forged, told

from infra.auth.time_stamps import read_anchors
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy, format_policy
from infra.tlog.time_tokens import ask, check_token

# isort: split
from evidence_scenes import the_policy
from forged_times import NAME, TIMES, stamped_scene, stamper

pytestmark = [pytest.mark.browser, pytest.mark.soak]

CONTENT = b"a checkpoint"
EVERY = 13
"""Of so many bytes of a token one is changed."""
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
HOLDS = """
async ([anchor, tokens, digest]) => {
  const { readToken, holdsBy } = await import(%s + "timetoken.js");
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return Promise.all(tokens.map(async (text) => {
    try {
      const token = readToken(bytes(text));
      const about = token.digest.join() === bytes(digest).join();
      return about && (await holdsBy(token, bytes(anchor))) ? String(token.at) : "no";
    } catch (problem) {
      return problem.code ?? String(problem);
    }
  }));
}
"""


def naming(authority: TimeStamper) -> Policy:
    """The platform's policy with this authority."""
    return replace(the_policy(), timestamps={NAME: read_anchors(authority.folder)["ca"]})


def changed(token: bytes) -> Iterator[bytes]:
    """The token with one byte changed, at places all over it; and cut off."""
    for at in range(0, len(token), EVERY):
        yield token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
    yield token[:-1]
    yield token + b"\0"


def forgeries(token: bytes) -> Iterator[bytes]:
    """The token with its time, its imprint, the digest that is signed, or the end of the signature changed."""
    content = token.index(TST_INFO) + len(TST_INFO)
    signed = token.index(MESSAGE_DIGEST) + len(MESSAGE_DIGEST)
    time = token.index(b"\x18\x0f20", content)
    for at in (time + 16, token.index(sha256(CONTENT).digest()), signed + 10, len(token) - 1):
        yield token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]


def judged(token: bytes, anchor: bytes) -> str:
    """What the command line says of a token: its time in microseconds, or the code of the refusal."""
    try:
        _, at = check_token(token, CONTENT, {NAME: anchor})
    except Problem as problem:
        return problem.code
    return str(int(at.timestamp() * 1_000_000))


async def holding(page: Page, anchor: bytes, tokens: list[bytes]) -> list[str]:
    """What the page says of the same."""
    text = [b64encode(one).decode() for one in (anchor, *tokens, sha256(CONTENT).digest())]
    found: list[str] = await page.evaluate(HOLDS % SCRIPTS, [text[0], text[1:-1], text[-1]])
    return found


async def test_tokens_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [bare] = await checked(page, [evidence_case(stamped_scene().evidence())])
    facts = {step["name"]: step["facts"] for step in bare["steps"]}
    assert bare["verdict"] == "holds" and facts["times"] == {"tokens": 2, "judged": 0}
    policy = naming(stamper())
    [named] = await checked(page, [evidence_case(stamped_scene().evidence(), format_policy(policy).encode())])
    steps, code = told(stamped_scene().evidence(), policy)
    assert ([step["name"] for step in named["steps"]], code_of(named)) == (steps, code)
    assert code is not None or {step["name"]: step["facts"] for step in named["steps"]}["times"]["judged"] == 2
    assert await differing(page, list(forged(TIMES, stamped_scene))) == []
    await page.context.close()


async def test_a_token_of_another_root_is_refused_on_the_page(browser: Browser, hall: Hall, tmp_path: Path) -> None:
    page = await on_page(browser, hall)
    other = format_policy(naming(founded(tmp_path / "other"))).encode()
    [found] = await checked(page, [evidence_case(stamped_scene().evidence(), other)])
    assert (found["verdict"], code_of(found)) == ("failed", "log.time-token")
    await page.context.close()


@pytest.mark.parametrize("kind", [EC, RSA], ids=["ec", "rsa"])
async def test_a_signature_holds_on_the_page_where_it_holds_for_the_command(
    browser: Browser, hall: Hall, tmp_path: Path, kind: tuple[str, ...]
) -> None:
    authority = founded(tmp_path / "authority", kind)
    anchor, token = read_anchors(authority.folder)["ca"], authority.answer(ask(CONTENT))
    told = [authority.answer(ask(b"another")), *forgeries(token)]
    tokens = [token, *told, *changed(token)]
    page = await on_page(browser, hall)
    found = await holding(page, anchor, tokens)
    expected = [judged(one, anchor) for one in tokens]
    assert found[0] == expected[0] and found[0].isdigit()
    for verdicts in (found, expected):
        assert [one for one in verdicts[1 : len(told) + 1] if one.isdigit()] == []
    assert {one for one in (*found, *expected) if one.isdigit()} == {found[0]}, "another time was never signed"
    await page.context.close()
