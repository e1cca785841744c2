"""A judge's commitment to a complete sheet `marks/v2`: marks, reasons and pins, signed before anybody's can be read."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.sign import labelled
from infra.kernel.canonical import canonical, digest
from infra.kernel.problems import Problem

LABEL = b"marks/v1\n"
REASONED = b"marks/v2\n"
FORMAT = "marks/v2"
REPORT_LABEL = "openhall report/v1"


class Reasoned(NamedTuple):
    """A sheet as it is signed: bid or label → item → mark, and where there is any, the reason and the pages it rests on."""

    marks: Mapping[str, Mapping[str, Any]]
    reasons: Mapping[str, Mapping[str, str]] = {}
    pins: Mapping[str, Mapping[str, list[dict[str, Any]]]] = {}

    @property
    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {"marks": self.marks, "pins": self.pins, "reasons": self.reasons}


def commitment(salt: bytes, section: str, judge: str, marks: Mapping[str, Any]) -> bytes:
    """SHA-256("marks/v1" ‖ LF ‖ salt32 ‖ canonical {judge, marks, section}): older sheets, which were marks alone."""
    return _promised(LABEL, salt, {"judge": judge, "marks": dict(marks), "section": section})


def reasoned_commitment(salt: bytes, section: str, judge: str, sheet: Reasoned) -> bytes:
    """SHA-256("marks/v2" ‖ LF ‖ salt32 ‖ canonical {judge, marks, pins, reasons, section}): what the judge signs."""
    return _promised(REASONED, salt, {**sheet.told, "judge": judge, "section": section})


def promise_of(salt: bytes, section: str, judge: str, sheet: Mapping[str, Any]) -> bytes:
    """The commitment to a kept or published sheet, by the format whose members it has; `marks.members` for no format."""
    if sheet.keys() == {"marks", "salt"}:
        return commitment(salt, section, judge, sheet["marks"])
    if sheet.keys() == {"marks", "pins", "reasons", "salt"}:
        return reasoned_commitment(salt, section, judge, sheet_of(sheet))
    raise Problem("marks.members", judge=judge)


def sheet_of(told: Mapping[str, Any]) -> Reasoned:
    """A sheet from what was kept or published of it; one of `marks/v1` has neither reasons nor pins."""
    return Reasoned(told["marks"], told.get("reasons", {}), told.get("pins", {}))


def report_message(report: Mapping[str, Any]) -> bytes:
    """The 32 bytes every judge signs under the report: SHA-256 of the label and the canonical report's SHA-256."""
    return sha256(labelled(REPORT_LABEL, digest(dict(report)))).digest()


def judge_id(number: int) -> str:
    """How the public knows the holder of a seat: `J1` for 评委1."""
    return f"J{number}"


def judge_serial(section: str, judge: str) -> str:
    """What a judge's certificate carries as serial: `<section>/J1` (a PrintableString, X.520)."""
    return f"{section}/{judge}"


def _promised(label: bytes, salt: bytes, told: Mapping[str, Any]) -> bytes:
    if len(salt) != 32:
        raise Problem("marks.salt")
    return sha256(label + salt + canonical(dict(told))).digest()
