"""Files for the Verify page, good and forged, with what the command line says of each; and how a page is asked."""

import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Page

sys.path.append(str(Path(__file__).resolve().parents[1] / "archive"))

import forged_answers
import forged_awards
import forged_committees
import forged_draws
import forged_failures
import forged_lists
import forged_openings
import forged_rescues
import forged_tenders
import forged_ties
import forged_trees
from evidence_forging import FORGERIES, Table
from evidence_log import Scene
from evidence_scenes import a_scene, the_policy

from infra.kernel.problems import Problem
from infra.tlog.policy import Policy, format_policy
from trading.archive.verify import verify_evidence

TABLES = (
    forged_answers,
    forged_awards,
    forged_committees,
    forged_draws,
    forged_failures,
    forged_lists,
    forged_openings,
    forged_rescues,
    forged_tenders,
    forged_ties,
    forged_trees,
)
SCRIPTS = "document.querySelector('script[src*=\"/verify/page.js\"]').src.replace('page.js', '')"
AT_ONCE = 16
CHECK = """
async (cases) => {
  const base = %s;
  const { check } = await import(base + "checks.js");
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return Promise.all(cases.map(({ files, policy, paper }) => {
    const blobs = files.map(([name, data]) => ({ name, blob: new Blob([bytes(data)]) }));
    return check(blobs, policy && { data: bytes(policy), from: "own" }, () => {}, paper);
  }));
}
"""

REFUSE = """
async ([policy, files]) => {
  const base = %s;
  const [{ verifyEvidence }, { parsePolicy }] = await Promise.all(
    [import(base + "evidence.js"), import(base + "policy.js")]);
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const judge = (window.judge ??= parsePolicy(bytes(policy)));
  return Promise.all(files.map(async (file) => {
    try {
      for await (const step of verifyEvidence(bytes(file), judge));
      return null;
    } catch (problem) {
      return problem.facts?.where ? problem.code : `${problem}: without a place`;
    }
  }));
}
"""


class Case(NamedTuple):
    """Files given to the page by name, the policy to judge by (None: the file's own), what a printed receipt says."""

    files: Mapping[str, bytes]
    policy: bytes | None
    paper: Mapping[str, str] | None = None


def policy_file() -> bytes:
    """The honest platform's published policy."""
    return format_policy(the_policy()).encode()


def evidence_case(data: bytes, policy: bytes | None = None) -> Case:
    """An evidence file under the published policy, or another."""
    return Case({"evidence.zip": data}, policy_file() if policy is None else policy)


def forged(table: Table = FORGERIES, scene: Any = a_scene) -> Iterator[tuple[str, str, bytes]]:
    """(name, the command's code, file) of every forgery of a table."""
    for name, (code, change) in table.items():
        made: Scene = scene()
        change(made)
        yield name, code, made.evidence()


def told(data: bytes, policy: Policy | None = None) -> tuple[list[str], str | None]:
    """The steps that the command line finds to hold, and the code it then refuses with, if any."""
    steps: list[str] = []
    try:
        for step in verify_evidence(data, policy or the_policy()):
            steps.append(step.name)
    except Problem as problem:
        return steps, problem.code
    return steps, None


async def checked(page: Page, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """The page's own results of these cases, in their order."""
    given = [
        {
            "files": [[name, b64encode(data).decode()] for name, data in case.files.items()],
            "policy": None if case.policy is None else b64encode(case.policy).decode(),
            "paper": case.paper,
        }
        for case in cases
    ]
    results: list[dict[str, Any]] = []
    for start in range(0, len(given), AT_ONCE):
        results += await page.evaluate(CHECK % SCRIPTS, given[start : start + AT_ONCE])
    return results


async def refused(page: Page, files: Sequence[bytes]) -> list[str | None]:
    """The codes with which the page's checks refuse evidence files; checkpoints they share are checked once."""
    codes: list[str | None] = []
    for start in range(0, len(files), AT_ONCE):
        given = [b64encode(data).decode() for data in files[start : start + AT_ONCE]]
        codes += await page.evaluate(REFUSE % SCRIPTS, [b64encode(policy_file()).decode(), given])
    return codes


def code_of(result: Mapping[str, Any]) -> str | None:
    """The code a result refuses with, None where it does not."""
    problem = result["problem"]
    return None if problem is None else str(problem["code"])
