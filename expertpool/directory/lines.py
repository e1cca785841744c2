"""Lines of a file of experts: each a profile, or the column and the code of what is wrong with it; never its words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, TypeVar

from expertpool.directory.sheet_files import Row
from expertpool.experts import profile as checks
from expertpool.experts.rules import DOCUMENTS, LAW, MOST_CERTIFICATES, RESIDENT, Admission, Certificate, Profile, Title
from infra.auth.organisations import checked_region
from infra.auth.registration.rules import checked_email, checked_phone, checked_text
from infra.kernel.problems import Problem

NEEDED = ("name", "identity", "title", "years", "region", "professions")
OTHERS = ("identity_type", "phone", "email", "bank", "employer", "employer_name", "certificates")
COLUMNS = (*NEEDED, *OTHERS)
ALIASES = {
    "姓名": "name",
    "证件类型": "identity_type",
    "证件号码": "identity",
    "职称": "title",
    "从业年限": "years",
    "行政区划": "region",
    "专业": "professions",
    "手机": "phone",
    "邮箱": "email",
    "银行账号": "bank",
    "工作单位代码": "employer",
    "工作单位": "employer_name",
    "证书": "certificates",
}
"""Headings in Chinese for the same columns."""
_SPLIT = re.compile(r"[;,、；，\s]+")
_YEARS = re.compile(r"[0-9]{1,2}")

T = TypeVar("T")


class Line(NamedTuple):
    """One line: a profile, or the column and the code of the first thing that is wrong."""

    number: int
    profile: Profile | None
    column: str = ""
    code: str = ""


class _WrongError(Exception):
    def __init__(self, column: str, code: str) -> None:
        super().__init__(column, code)
        self.column = column
        self.code = code


def read_lines(rows: Iterable[Row], beginning: str, admission: Admission = LAW) -> list[Line]:
    """Every line by itself; regions must begin with `beginning`. One person twice in a file is wrong the second time.

    `import.columns` where a needed column is missing.
    """
    found: list[Line] = []
    people: set[str] = set()
    for row in rows:
        texts = {ALIASES.get(name, name): text for name, text in row.texts.items()}
        if missing := [name for name in NEEDED if name not in texts]:
            raise Problem("import.columns", columns=", ".join(missing))
        try:
            if formula := sorted(ALIASES.get(name, name) for name in row.formulas):
                raise _WrongError(formula[0], "import.formula")
            profile = _profile(texts, beginning, admission)
            if profile.identity in people:
                raise _WrongError("identity", "import.twin")
            people.add(profile.identity)
            found.append(Line(row.line, profile))
        except _WrongError as wrong:
            found.append(Line(row.line, None, wrong.column, wrong.code))
    return found


def laid_over(old: Profile, new: Profile) -> Profile:
    """The old profile with what a line says; what the line leaves blank stays, and so do ties and consents."""
    facts: dict[str, Any] = {name: getattr(new, name) for name in ("name", "title", "years", "region", "professions")}
    for name in ("phone", "email", "bank", "employer_name", "certificates"):
        facts[name] = getattr(new, name) or getattr(old, name)
    facts["employer"] = new.employer or old.employer
    return replace(old, **facts)


def _profile(texts: dict[str, str], beginning: str, admission: Admission) -> Profile:
    kind = texts.get("identity_type") or RESIDENT
    if kind not in DOCUMENTS:
        raise _WrongError("identity_type", "import.kind")
    if not (region := _of("region", checked_region, texts["region"])).startswith(beginning):
        raise _WrongError("region", "import.region")
    return Profile(
        name=_of("name", checks.checked_name, texts["name"]),
        identity=_of("identity", checks.checked_identity, f"{kind}:{texts['identity']}"),
        phone=_of("phone", checked_phone, texts.get("phone", ""), blank=""),
        email=_of("email", checked_email, texts.get("email", ""), blank=""),
        bank=_of("bank", checked_text, texts.get("bank", ""), blank=""),
        employer=_of("employer", checks.checked_employer, texts.get("employer", "")),
        employer_name=_of("employer_name", checked_text, texts.get("employer_name", ""), blank=""),
        title=_of("title", lambda text: _title(text, admission), texts["title"]),
        years=_of("years", lambda text: _years(text, admission), texts["years"]),
        region=region,
        professions=_of("professions", lambda text: _professions(text, admission), texts["professions"]),
        certificates=_of("certificates", _certificates, texts.get("certificates", "")),
    )


def _professions(text: str, admission: Admission) -> tuple[str, ...]:
    return checks.checked_professions(_SPLIT.split(text), admission)


def _of(column: str, check: Callable[[Any], T], text: Any, blank: T | None = None) -> T:
    if blank is not None and not text:
        return blank
    try:
        return check(text)
    except Problem as problem:
        raise _WrongError(column, problem.code) from problem


def _title(text: str, admission: Admission) -> Title:
    if text not in set(Title):
        raise Problem("import.title")
    return checks.checked_title(text, admission)


def _years(text: str, admission: Admission) -> int:
    if not _YEARS.fullmatch(text):
        raise Problem("import.number")
    return checks.checked_years(int(text), admission)


def _certificates(text: str) -> tuple[Certificate, ...]:
    """`kind|number|2027-01-31`, the day left out where it never ends, one after the other with semicolons."""
    parts = [part.split("|") for part in text.split(";") if part.strip()]
    if len(parts) > MOST_CERTIFICATES or any(not 2 <= len(part) <= 3 for part in parts):
        raise Problem("import.certificate")
    try:
        return tuple(
            checks.checked_certificate(
                Certificate(kind, number, date.fromisoformat(until[0].strip()) if until else None)
            )
            for kind, number, *until in parts
        )
    except (ValueError, Problem) as error:
        raise Problem("import.certificate") from error
