"""Files of experts for tests: lines of people with right check digits, as somebody would send them."""

from collections.abc import Sequence
from datetime import date, timedelta

from stdnum.cn import ric

from web.demo import cast

HEADINGS = ["name", "identity", "title", "years", "region", "professions", "employer", "employer_name", "phone"]


def resident(number: int) -> str:
    day = date(1970, 1, 1) + timedelta(days=number // 1000)
    body = f"990101{day:%Y%m%d}{number % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")


def cells(number: int, **other: str) -> list[str]:
    told = {
        "name": f"导入{number}",
        "identity": resident(number),
        "title": "senior",
        "years": "12",
        "region": "990100",
        "professions": "A0804; A06",
        "employer": cast.code(1 + number % 3),
        "employer_name": f"云湖设计院{number % 3}",
        "phone": f"138{number:08d}",
    }
    return [(told | other)[name] for name in HEADINGS]


def csv_of(*rows: Sequence[str], encoding: str = "utf-8", headings: Sequence[str] = HEADINGS) -> bytes:
    return "\r\n".join(",".join(row) for row in (headings, *rows)).encode(encoding)
