"""A judge's commitment to complete marks `marks/v1`: given and signed before anybody's marks can be read."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from infra.crypto.sign import labelled
from infra.kernel.canonical import canonical, digest
from infra.kernel.problems import Problem

LABEL = b"marks/v1\n"
REPORT_LABEL = "openhall report/v1"


def commitment(salt: bytes, section: str, judge: str, marks: Mapping[str, Any]) -> bytes:
    """SHA-256("marks/v1" ‖ LF ‖ salt32 ‖ canonical {judge, marks, section}): what the judge signs and the log keeps."""
    if len(salt) != 32:
        raise Problem("marks.salt")
    return sha256(LABEL + salt + canonical({"judge": judge, "marks": dict(marks), "section": section})).digest()


def report_message(report: Mapping[str, Any]) -> bytes:
    """The 32 bytes every judge signs under the report: SHA-256 of the label and the canonical report's SHA-256."""
    return sha256(labelled(REPORT_LABEL, digest(dict(report)))).digest()


def judge_id(number: int) -> str:
    """How the public knows the holder of a seat: `J1` for 评委1."""
    return f"J{number}"


def judge_serial(section: str, judge: str) -> str:
    """What a judge's certificate carries as serial: `<section>/J1` (a PrintableString, X.520)."""
    return f"{section}/{judge}"
