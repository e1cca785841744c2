"""The policy file and what it accepts; offline proofs judged by it."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.crypto import merkle
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.note import COSIGNATURE, ED25519, Signature, SignerKey, format_note, sign
from infra.tlog.policy import Group, Policy, format_policy, parse_policy
from infra.tlog.proof import Proof, format_proof, parse_proof, verify_proof

LOG = SignerKey("yunhu.example/log", ED25519, bytes(32))
NAMES = ("agent", "centre", "supervisor")
WITNESSES = {name: SignerKey(f"{name}.example", COSIGNATURE, name.encode().ljust(32)) for name in NAMES}
POINT = (
    ec.derive_private_key(7, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
)
POLICY = Policy(
    LOG.verifier,
    {name: key.verifier for name, key in WITNESSES.items()},
    {"trustees": Group(2, NAMES)},
    "trustees",
    {name: name.encode().ljust(32, b"c") for name in NAMES},
    {"demo-ca": POINT},
    b"o" * 32,
)
FILE = format_policy(POLICY)
ENTRIES = [bytes([number]) * 32 for number in range(8)]
HASHES = [merkle.leaf_hash(entry) for entry in ENTRIES]
HEAD = Checkpoint(LOG.name, 8, merkle.root(HASHES))


def note(times: dict[str, int], *more: Signature) -> str:
    text = HEAD.text()
    return format_note(
        text, [sign(text, LOG), *(cosign(text, WITNESSES[name], at) for name, at in times.items()), *more]
    )


def refused(code: str) -> "pytest.RaisesExc[Problem]":
    return pytest.raises(Problem, match=rf"^{code}\b")


def test_a_policy_reads_back_whole() -> None:
    assert parse_policy(FILE) == POLICY
    assert parse_policy(FILE.encode()) == POLICY


def test_comments_blank_lines_tabs_and_urls_change_nothing() -> None:
    lines = [f"  {line.replace(' ', chr(9), 1)} " for line in FILE.splitlines()]
    lines[0] += "https://yunhu.example/log/"
    lines[1] += " https://agent.example/"
    assert parse_policy("# 云湖市\n\n" + "\n \t\n # x\n".join(lines) + "\n") == POLICY


@pytest.mark.parametrize(("word", "needed"), [("any", 1), ("all", 3), ("3", 3)])
def test_any_and_all_are_numbers(word: str, needed: int) -> None:
    policy = parse_policy(FILE.replace("group trustees 2", f"group trustees {word}"))
    assert policy.groups["trustees"].needed == needed


WITNESS_LINE = f"witness agent {WITNESSES['agent'].verifier.encode()}\n"
LOG_LINE = f"log {LOG.verifier.encode()}\n"
GROUP_LINE = "group trustees 2 agent centre supervisor\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LOG_LINE, ""),
        (LOG_LINE, LOG_LINE * 2),
        (LOG_LINE, f"log {WITNESSES['agent'].verifier.encode()}\n"),
        (LOG_LINE, LOG_LINE.replace("+", "-")),
        ("quorum trustees\n", ""),
        ("quorum trustees\n", "quorum trustees\nquorum none\n"),
        ("quorum trustees\n", "quorum nobody\n"),
        (WITNESS_LINE, WITNESS_LINE * 2),
        (WITNESS_LINE, WITNESS_LINE.replace("witness agent", "witness none")),
        (WITNESS_LINE, f"witness agent {LOG.verifier.encode()}\n"),
        (WITNESS_LINE, f"witness agent {SignerKey('x', COSIGNATURE, WITNESSES['centre'].seed).verifier.encode()}\n"),
        (WITNESS_LINE, f"witness agent {SignerKey('x', COSIGNATURE, LOG.seed).verifier.encode()}\n"),
        (GROUP_LINE, "group trustees 4 agent centre supervisor\n"),
        (GROUP_LINE, "group trustees 0 agent centre supervisor\n"),
        (GROUP_LINE, "group trustees 02 agent centre supervisor\n"),
        (GROUP_LINE, "group trustees two agent centre supervisor\n"),
        (GROUP_LINE, "group trustees all\n"),
        (GROUP_LINE, "group trustees 2 agent centre nobody\n"),
        (GROUP_LINE, "group trustees 2 agent agent centre\n"),
        (GROUP_LINE, GROUP_LINE + "group others any agent\n"),
        (GROUP_LINE, "group agent any centre\n"),
        (GROUP_LINE, "group trustees 1 trustees\n"),
        ("custodian agent", "custodian centre"),
        ("custodian agent ", "custodian agent A"),
        ("opening ", "opening bzNvb28= "),
        ("opening ", "opening x"),
        ("authority demo-ca B", "authority demo-ca C"),
        ("authority demo-ca", "authority"),
        ("quorum trustees", "quorom trustees"),
        ("quorum trustees\n", "quorum trustees # all is well\n"),
        ("quorum trustees\n", "quorum trustees\r\n"),
        ("quorum trustees\n", "quorum trustees\x7f\n"),
    ],
)
def test_a_wrong_line_is_refused(old: str, new: str) -> None:
    assert old in FILE
    with refused("policy.line"):
        parse_policy(FILE.replace(old, new, 1))


@pytest.mark.parametrize("file", ["", "\n", FILE[:-1], FILE.encode() + b"# \xff\n"])
def test_a_file_that_is_empty_cut_or_no_utf8_is_refused(file: str | bytes) -> None:
    with refused("policy.line"):
        parse_policy(file)


def test_the_number_of_the_wrong_line_is_told() -> None:
    with pytest.raises(Problem) as caught:
        parse_policy("# one\n# two\nnonsense\n")
    assert caught.value.facts["line"] == 3


def test_a_policy_that_would_not_read_back_is_not_written() -> None:
    with refused("policy.line"):
        format_policy(Policy(LOG.verifier, custodians={"a b": bytes(32)}))


def test_two_of_three_witnesses_are_enough_and_their_times_are_told() -> None:
    found = POLICY.check(note({"agent": 100, "supervisor": 200}), strict=True)
    assert found == HEAD
    assert found.times == {"agent": 100, "supervisor": 200}


@pytest.mark.parametrize("times", [{}, {"agent": 100}])
def test_fewer_than_the_quorum_are_refused(times: dict[str, int]) -> None:
    with refused("log.quorum"):
        POLICY.check(note(times))


def test_a_cosignature_before_the_deadline_does_not_count() -> None:
    times = {"agent": 999, "centre": 1000, "supervisor": 2000}
    assert POLICY.check(note(times), 1000).times == {"centre": 1000, "supervisor": 2000}
    with refused("log.quorum"):
        POLICY.check(note(times), 1001)


def test_an_unknown_signature_is_ignored_unless_strict() -> None:
    stranger = cosign(HEAD.text(), SignerKey("agent.example", COSIGNATURE, b"x" * 32), 1)
    signed = note({"agent": 1, "centre": 1}, stranger)
    POLICY.check(signed)
    with refused("log.unknown-key"):
        POLICY.check(signed, strict=True)


def test_a_false_or_repeated_signature_of_a_known_key_spoils_the_note() -> None:
    line = cosign(HEAD.text(), WITNESSES["supervisor"], 5)
    with refused("log.signature"):
        POLICY.check(note({"agent": 1, "centre": 1}, line._replace(signed=bytes(72))))
    with refused("log.signature-twice"):
        POLICY.check(note({"agent": 1, "centre": 1, "supervisor": 1}, line))


def test_another_logs_checkpoint_is_refused_although_its_witnesses_signed() -> None:
    other = SignerKey("elsewhere.example/log", ED25519, b"e" * 32)
    text = Checkpoint(other.name, 8, HEAD.root).text()
    lines = [sign(text, other), *(cosign(text, key, 1) for key in WITNESSES.values())]
    with refused("log.origin"):
        POLICY.check(format_note(text, lines))
    forged = Checkpoint(LOG.name, 8, HEAD.root).text()
    with refused("log.unsigned"):
        POLICY.check(
            format_note(forged, [sign(forged, other), *(cosign(forged, key, 1) for key in WITNESSES.values())])
        )


def test_groups_nest_and_none_asks_for_nobody() -> None:
    text = FILE.replace(GROUP_LINE, "group bodies any agent centre\ngroup trustees all bodies supervisor\n")
    policy = parse_policy(text)
    assert policy.reached({"centre", "supervisor"})
    assert not policy.reached({"agent", "centre"})
    assert parse_policy(FILE.replace("quorum trustees", "quorum none")).check(note({})).times == {}


PROOF = Proof(3, tuple(merkle.inclusion_proof(3, HASHES)), note({"agent": 1, "centre": 2}))


def test_a_proof_reads_back_and_holds_offline() -> None:
    for proof in (PROOF, Proof(PROOF.index, PROOF.hashes, PROOF.checkpoint, b"extra"), Proof(0, (), PROOF.checkpoint)):
        assert parse_proof(format_proof(proof)) == proof
    found = verify_proof(parse_proof(format_proof(PROOF).encode()), ENTRIES[3], parse_policy(FILE), strict=True)
    assert (found.size, found.times) == (8, {"agent": 1, "centre": 2})


def test_a_proof_of_another_entry_or_place_does_not_hold() -> None:
    for proof, entry in (
        (PROOF, ENTRIES[2]),
        (Proof(2, PROOF.hashes, PROOF.checkpoint), ENTRIES[3]),
        (Proof(3, PROOF.hashes[:-1], PROOF.checkpoint), ENTRIES[3]),
    ):
        with refused("log.inclusion"):
            verify_proof(proof, entry, POLICY)
    with refused("log.quorum"):
        verify_proof(PROOF, ENTRIES[3], POLICY, 2)


TEXT = format_proof(PROOF)
HASH = b64encode(PROOF.hashes[0]).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 3\n", ""),
        TEXT.replace("index 3", "index 03"),
        TEXT.replace("index 3", f"index {2**63}"),
        TEXT.replace("index 3\n", "index 3\nextra AAAA\n"),
        TEXT.replace("index 3\n", "extra AAA\nindex 3\n"),
        TEXT.replace(HASH, HASH[:-4]),
        TEXT.replace(HASH, HASH + " "),
        TEXT.replace(HASH + "\n", (HASH + "\n") * 64),
        TEXT.replace("\n\n", "\n"),
        TEXT.encode() + b"\xff",
    ],
)
def test_what_is_no_proof_is_refused(text: str | bytes) -> None:
    with refused("proof.malformed"):
        parse_proof(text)
