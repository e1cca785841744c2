"""Signed notes, checkpoints and co-signatures."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint, parse_checkpoint
from infra.tlog.cosignature import cosign, message, verify_cosignature
from infra.tlog.note import (
    COSIGNATURE,
    ED25519,
    Signature,
    SignerKey,
    VerifierKey,
    format_note,
    parse_note,
    parse_skey,
    parse_vkey,
    sign,
    verify_note,
)

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "signed-note.json"
NOTES: list[dict[str, str]] = json.loads(VECTORS.read_text()) if VECTORS.exists() else []
LOG = SignerKey("yunhu.example/log", ED25519, bytes(32))
WITNESS = SignerKey("centre.example", COSIGNATURE, b"\1" * 32)
TEXT = Checkpoint(LOG.name, 8, b"\7" * 32).text()
NOTE = format_note(TEXT, [sign(TEXT, LOG)])


@pytest.mark.shared
@pytest.mark.skipif(not NOTES, reason="the shared vectors are not beside the project")
@pytest.mark.parametrize("case", NOTES, ids=lambda case: str(case["origin"]))
def test_a_foreign_note_verifies_and_its_key_reads_back(case: dict[str, str]) -> None:
    key = parse_vkey(case["vkey"])
    assert key.encode() == case["vkey"]
    note = parse_note(case["note"])
    verify_note(note, key)
    assert format_note(note.text, note.signatures) == case["note"]
    if "skey" in case:
        secret = parse_skey(case["skey"])
        assert (secret.verifier, secret.encode()) == (key, case["skey"])
        assert format_note(note.text, [sign(note.text, secret)]) == case["note"]


@pytest.mark.shared
@pytest.mark.skipif(not NOTES, reason="the shared vectors are not beside the project")
@pytest.mark.parametrize("case", NOTES, ids=lambda case: str(case["origin"]))
def test_no_character_of_a_foreign_note_can_be_changed(case: dict[str, str]) -> None:
    key, note = parse_vkey(case["vkey"]), case["note"]
    for place, sign_ in enumerate(note):
        changed = note[:place] + ("x" if sign_ != "x" else "y") + note[place + 1 :]
        with pytest.raises(Problem):
            verify_note(parse_note(changed), key)


def test_a_note_may_hold_empty_lines_and_several_signatures() -> None:
    text = "one\n\n\ntwo\n"
    other = SignerKey("b.example", ED25519, b"\2" * 32)
    note = parse_note(format_note(text, [sign(text, LOG), sign(text, other)]))
    assert note.text == text
    verify_note(note, LOG.verifier)
    verify_note(note, other.verifier)


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "x\n",
        NOTE.replace("—", "-"),
        NOTE.replace("— ", "—  "),
        NOTE.replace(LOG.name + " ", "a+b "),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("8", "8\t", 1),
        NOTE[:-2] + "\n",
        TEXT + "\n— a AAAA\n",
        TEXT + "\n— a\u3000b AAAAAAAA\n",
        TEXT + "\n— AAAAAAAA\n",
        TEXT + "\n" + "— a AAAAAAAA\n" * 65,
        "x" * 1_000_001,
        NOTE.encode() + b"\xff\n",
        NOTE.replace("8", "\ud800", 1),
    ],
)
def test_what_is_no_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(Problem, match=r"note\.malformed"):
        parse_note(note)


def test_a_missing_a_second_and_a_false_signature_are_told_apart() -> None:
    line = sign(TEXT, LOG)
    false = line._replace(signed=bytes(64))
    for lines, code in (
        ([cosign(TEXT, WITNESS, 1)], r"log\.unsigned"),
        ([line, line], r"log\.signature-twice"),
        ([false], r"log\.signature:"),
    ):
        with pytest.raises(Problem, match=code):
            verify_note(parse_note(format_note(TEXT, lines)), LOG.verifier)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        LOG.verifier.encode()[:-4],
        LOG.verifier.encode().replace("yunhu", "yunhv"),
        LOG.verifier.encode().upper(),
        "a b+00000000+" + "A" * 44,
        VerifierKey("a", 2, bytes(32)).encode(),
        VerifierKey("", 1, bytes(32)).encode(),
    ],
)
def test_a_key_line_whose_parts_disagree_is_refused(vkey: str) -> None:
    with pytest.raises(Problem, match=r"note\.key"):
        parse_vkey(vkey)


@pytest.mark.parametrize("skey", [LOG.verifier.encode(), LOG.encode()[:-4], LOG.encode().replace("yunhu", "yunhv")])
def test_a_private_key_line_is_read_as_strictly(skey: str) -> None:
    with pytest.raises(Problem, match=r"note\.key"):
        parse_skey(skey)


def test_a_private_key_never_shows() -> None:
    assert "seed" not in repr(LOG)
    assert parse_skey(WITNESS.encode()) == WITNESS


def test_the_same_secret_has_another_id_as_log_and_as_witness() -> None:
    assert SignerKey("a", ED25519, bytes(32)).verifier.key_id != SignerKey("a", COSIGNATURE, bytes(32)).verifier.key_id


def test_a_checkpoint_reads_back_with_its_extensions() -> None:
    for checkpoint in (Checkpoint("a", 0, bytes(32)), Checkpoint("a b", 2**63 - 1, bytes(32), ("x", "y z"))):
        assert parse_checkpoint(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        TEXT[:-1],
        TEXT.replace("8", "08", 1),
        TEXT.replace("8", "-8", 1),
        TEXT.replace("8", "٨", 1),
        TEXT.replace("8", str(2**63), 1),
        TEXT.replace("BwcH", "BwcHBwcH", 1),
        TEXT.replace("Bwc=", "Bwd=", 1),
        TEXT + "\n",
        TEXT + "\nx\n",
        "\n" + TEXT.partition("\n")[2],
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"checkpoint\.malformed"):
        parse_checkpoint(text)


def test_a_cosignature_states_its_time_over_the_whole_text() -> None:
    line = cosign(TEXT, WITNESS, 1_679_315_147)
    assert len(line.signed) == 72
    assert verify_cosignature(TEXT, line, WITNESS.verifier) == 1_679_315_147
    assert message(TEXT, 5) == b"cosignature/v1\ntime 5\n" + TEXT.encode()


def test_a_cosignature_of_another_time_text_or_key_does_not_hold() -> None:
    line = cosign(TEXT, WITNESS, 1000)
    plain = SignerKey(WITNESS.name, ED25519, WITNESS.seed)
    wrong: list[tuple[str, Signature, VerifierKey]] = [
        (TEXT, line._replace(signed=(1001).to_bytes(8, "big") + line.signed[8:]), WITNESS.verifier),
        (TEXT, line._replace(signed=line.signed[:-1]), WITNESS.verifier),
        (TEXT, line._replace(signed=line.signed + b"\0"), WITNESS.verifier),
        (TEXT, line._replace(signed=b"\xff" * 8 + line.signed[8:]), WITNESS.verifier),
        (TEXT + "x\n", line, WITNESS.verifier),
        (TEXT, line, SignerKey(WITNESS.name, COSIGNATURE, bytes(32)).verifier),
        (TEXT, line, plain.verifier),
        (TEXT, sign(TEXT, plain), plain.verifier),
    ]
    for text, signature, key in wrong:
        with pytest.raises(Problem, match=r"log\.signature"):
            verify_cosignature(text, signature, key)


def test_a_time_beyond_posix_does_not_hold_even_if_signed() -> None:
    late = 2**63
    line = Signature(WITNESS.name, WITNESS.verifier.key_id, late.to_bytes(8, "big") + WITNESS.sign(message(TEXT, late)))
    with pytest.raises(Problem, match=r"log\.signature"):
        verify_cosignature(TEXT, line, WITNESS.verifier)


@pytest.mark.parametrize("make", [lambda: sign(TEXT, WITNESS), lambda: cosign(TEXT, LOG, 1)])
def test_a_key_signs_only_what_it_is_for(make: Any) -> None:
    with pytest.raises(Problem, match=r"note\.key"):
        make()


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_time_outside_posix_is_not_signed(time: int) -> None:
    with pytest.raises(Problem, match=r"log\.signature"):
        cosign(TEXT, WITNESS, time)
