"""The languages of the pages: gettext catalogues read straight from .po, and times, days and amounts by locale."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALE = Path(__file__).parent / "locale"
ZONE = ZoneInfo("Asia/Shanghai")


class Language(StrEnum):
    """A language of the interface; legal documents stay Chinese."""

    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """The BCP 47 tag of `<html lang>`."""
        return "zh-CN" if self is Language.ZH else "en"

    @property
    def locale(self) -> Locale:
        """The CLDR locale that dates and numbers follow."""
        return _LOCALES[self]

    @property
    def prefix(self) -> str:
        """What stands before every path in this language."""
        return "" if self is Language.ZH else "/en"

    @property
    def native(self) -> str:
        """The language's name in itself."""
        return "中文" if self is Language.ZH else "English"

    @property
    def other(self) -> "Language":
        """The language that the switch offers."""
        return Language.EN if self is Language.ZH else Language.ZH


_LOCALES = {Language.ZH: Locale.parse("zh_CN"), Language.EN: Locale.parse("en_GB")}


def language_of(path: str) -> tuple[Language, str]:
    """The language a path asks for, and the path without its prefix: `/en/notices` gives (EN, `/notices`)."""
    if path == "/en" or path.startswith("/en/"):
        return Language.EN, path[3:] or "/"
    return Language.ZH, path


class Catalogue:
    """Messages of one language; an English msgid is its own English text."""

    def __init__(self, messages: Mapping[str, tuple[str, ...]], plural_forms: int) -> None:
        self.messages = messages
        self._forms = plural_forms

    def gettext(self, message: str) -> str:
        """The text of an English msgid in this language."""
        return self.messages.get(message, (message,))[0]

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The text for this many things."""
        place = 0 if self._forms == 1 or number == 1 else 1
        return self.messages.get(one, (one, many))[place]


@cache
def catalogue(language: Language) -> Catalogue:
    """The messages of a language; read once, no build step."""
    if language is Language.EN:
        return Catalogue({}, 2)
    with (LOCALE / "zh_CN" / "messages.po").open("rb") as file:
        book = read_po(file, locale="zh_CN")
    found: dict[str, tuple[str, ...]] = {}
    for message in book:
        key, text = message.id, message.string
        if key and text:
            found[key if isinstance(key, str) else key[0]] = (text,) if isinstance(text, str) else tuple(text)
    return Catalogue(found, 1)


def N_(message: str) -> str:
    """Mark a msgid that is translated later, where the language is known."""
    return message


_MOMENT = {Language.ZH: "yyyy-MM-dd EEE HH:mm", Language.EN: "EEE d MMM yyyy, HH:mm"}
_SECOND = {Language.ZH: "yyyy-MM-dd EEE HH:mm:ss", Language.EN: "EEE d MMM yyyy, HH:mm:ss"}
_SHORT = {Language.ZH: "MM-dd HH:mm", Language.EN: "d MMM, HH:mm"}
_DAY = {Language.ZH: "yyyy-MM-dd", Language.EN: "d MMM yyyy"}
_LONG_DAY = {Language.ZH: "M 月 d 日 EEE", Language.EN: "EEE d MMMM"}


@lru_cache(4096)
def _instant(at: datetime, pattern: str, language: Language) -> str:
    return format_datetime(at.astimezone(ZONE), pattern, locale=language.locale)


@lru_cache(1024)
def _date(at: date, language: Language) -> str:
    return format_date(at, _DAY[language], locale=language.locale)


def moment(at: datetime, language: Language, *, seconds: bool = False) -> str:
    """A point in time with its weekday, in Asia/Shanghai: `2026-11-23 周一 09:42`."""
    pattern = (_SECOND if seconds else _MOMENT)[language]
    return _instant(at, pattern, language)


def short_moment(at: datetime, language: Language, now: datetime) -> str:
    """Month, day, hour and minute for a dense table, `11-23 09:42`; the day alone where the year is another one."""
    if at.astimezone(ZONE).year != now.astimezone(ZONE).year:
        return day(at, language)
    return _instant(at, _SHORT[language], language)


def clock(at: datetime, language: Language) -> str:
    """Hour and minute in Asia/Shanghai: `09:30`."""
    return _instant(at, "HH:mm", language)


def clock_seconds(at: datetime, language: Language) -> str:
    """Hour, minute and second in Asia/Shanghai: `09:30:05`."""
    return _instant(at, "HH:mm:ss", language)


def day(at: date, language: Language) -> str:
    """A calendar day: `2026-11-23`; of a point in time, its day in Asia/Shanghai."""
    local = at.astimezone(ZONE).date() if isinstance(at, datetime) else at
    return _date(local, language)


def long_day(at: datetime, language: Language) -> str:
    """Day, month and weekday: `11 月 23 日 周一`."""
    return _instant(at, _LONG_DAY[language], language)


def next_midnight(at: datetime) -> datetime:
    """When the calendar day in Asia/Shanghai is over."""
    return at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def weekday(number: int, language: Language) -> str:
    """The short name of a weekday, Sunday being 0."""
    return format_date(date(2023, 1, 1) + timedelta(days=number), "EEE", locale=language.locale)


def weekday_of(at: date, language: Language) -> str:
    """The short name of a day's weekday."""
    return format_date(at, "EEE", locale=language.locale)


def month(number: int, language: Language) -> str:
    """The short name of a month, January being 1."""
    return format_date(date(2023, number, 1), "MMM", locale=language.locale)


def iso(at: datetime) -> str:
    """A point in time for machines: `2026-11-23T01:42:17Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def utc_offset(at: datetime) -> str:
    """The offset of Asia/Shanghai at that time: `UTC+8`."""
    offset = at.astimezone(ZONE).utcoffset() or timedelta()
    return f"UTC{offset // timedelta(hours=1):+d}"


def count(number: int | Decimal, language: Language) -> str:
    """A number with grouped thousands."""
    return format_decimal(number, locale=language.locale)


def amount(yuan: str, language: Language) -> str:
    """An amount in yuan with grouped thousands and both decimals: `9,310,000.00`."""
    return format_decimal(Decimal(yuan), "#,##0.00", locale=language.locale)


def left(until: datetime, now: datetime, language: Language) -> str:
    """Time left in its two largest units: `3 天 2 时`, `5 时 12 分`, `17 分 43 秒`; nothing left gives zero seconds."""
    seconds = max(0, int((until - now).total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    text = catalogue(language).gettext
    if days:
        return text(DAYS_HOURS) % {"days": days, "hours": hours % 24}
    if hours:
        return text(HOURS_MINUTES) % {"hours": hours, "minutes": minutes % 60}
    return text(MINUTES_SECONDS) % {"minutes": minutes, "seconds": seconds % 60}


DAYS_HOURS = N_("%(days)s d %(hours)s h")
HOURS_MINUTES = N_("%(hours)s h %(minutes)s min")
MINUTES_SECONDS = N_("%(minutes)s min %(seconds)s s")
