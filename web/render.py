"""Templates to pages: two environments (one a language), the filters templates may use, and the page response."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType

from infra.kernel.context import Role
from infra.kernel.money import yuan
from trading.notices.kinds import Category, NoticeKind
from trading.notices.price_text import parse_price
from web import i18n
from web.announcing import served_bundle
from web.desks import desk_entries, desk_entry
from web.i18n import N_, Language, catalogue
from web.labels import BOUGHT, CATEGORIES, NOTICE_KINDS, ROLES, SECTION_STATES, SHORT_CATEGORIES
from web.labels_notices import NOTICE_FACTS
from web.law import cited, grounded
from web.navigation import NAVIGATION, SHORTCUTS
from web.security import form_token
from web.sheet import Moving, Sheet
from web.spoken import SpokenEnvironment
from web.static import static_url
from web.visit import Visit

TEMPLATES = Path(__file__).parent / "templates"
HTMX = json.dumps(
    {"allowEval": False, "includeIndicatorStyles": False, "selfRequestsOnly": True, "allowScriptTags": False}
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TONES = {
    NoticeKind.AMENDMENT: " tag--warn",
    NoticeKind.FAILED: " tag--bad",
    NoticeKind.TERMINATED: " tag--bad",
    NoticeKind.CANDIDATES: " tag--info",
    NoticeKind.AWARD: " tag--ok",
}


@cache
def environment(language: Language) -> Environment:
    """The templates of one language, compiled once."""
    found = SpokenEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        cache_size=-1,  # jinja keeps 400 otherwise, and there are more
    )
    texts = catalogue(language)
    found.settled = {"_": lambda text: texts.gettext(text) % {}, "static_url": static_url}
    found.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    formats: dict[str, Callable[..., str]] = {
        "moment": i18n.moment,
        "short_moment": i18n.short_moment,
        "day": i18n.day,
        "long_day": i18n.long_day,
        "weekday_of": i18n.weekday_of,
        "count": i18n.count,
        "amount": i18n.amount,
        "clock": i18n.clock,
        "clock_seconds": i18n.clock_seconds,
        "fact": _fact,
    }
    found.filters |= {name: partial(_in, form, language) for name, form in formats.items()}
    found.filters |= {
        "utc_offset": i18n.utc_offset,
        "iso": i18n.iso,
        "role_label": lambda value: texts.gettext(ROLES[Role(value)]),
        "kind_label": lambda value: texts.gettext(NOTICE_KINDS[NoticeKind(value)]),
        "trade_label": lambda value: texts.gettext(CATEGORIES[Category(value)]),
        "short_trade": lambda value: texts.gettext(SHORT_CATEGORIES[Category(value)]),
        "bought_label": lambda value: texts.gettext(str(BOUGHT.get(value, value))),
        "fact_label": lambda name: texts.gettext(str(NOTICE_FACTS.get(name, name))),
        "told": lambda text: texts.gettext(text),
        "cited": lambda source: cited(source, language),
        "grounded": lambda reason: grounded(reason, language),
    }
    found.filters |= {"desk_entries": desk_entries, "desk_entry": desk_entry}
    found.filters |= {"price_read": parse_price, "yuan": yuan}
    found.globals |= {
        "static_url": static_url,
        "categories": CATEGORIES,
        "navigation": NAVIGATION,
        "shortcuts": SHORTCUTS,
        "clock_words": _clock_words(language),
        "kind_tones": TONES,
        "htmx_config": HTMX,
        "section_states": SECTION_STATES,
        "served_bundle": served_bundle,
    }
    return found


class PageResponse(Response[str]):
    """One page as sent to its visitor, and the sheet that others may be shown too unless it is personal."""

    def __init__(self, sheet: Sheet, visit: Visit, status: int) -> None:
        super().__init__(
            sheet.at(visit.now).decode(),
            status_code=status,
            media_type=MediaType.HTML,
            headers=page_headers(visit),
        )
        self.sheet = sheet


def render(visit: Visit, template: str, *, demo: bool, **facts: Any) -> Sheet:
    """One template, for one visit."""
    moving = Moving()
    text = (
        environment(visit.language)
        .get_template(template)
        .render(
            visit=visit,
            demo=demo,
            site_name=site_name(demo),
            moving=moving,
            form_token=partial(_token, visit, moving),
            **facts,
        )
    )
    return Sheet(text, moving, visit.language, visit.now)


def page(visit: Visit, template: str, *, demo: bool, status: int = 200, **facts: Any) -> PageResponse:
    """One page as a response that no cache between here and the visitor shares between people."""
    return PageResponse(render(visit, template, demo=demo, **facts), visit, status)


def page_headers(visit: Visit) -> dict[str, str]:
    """The headers of a page: asked for again each time, and never stored where it is somebody's own."""
    return {
        "Cache-Control": "no-store" if visit.signed_in else "no-cache",
        "Content-Language": visit.language.tag,
        "Vary": "Cookie",
    }


def site_name(demo: bool) -> str:
    """The msgid of the site's name: the demo city's, or the product's own."""
    return N_("Yunhu Public Resources Trading Platform") if demo else N_("Openhall Public Resources Trading Platform")


def _fact(value: Any, language: Language) -> str:
    """A published fact as text: instants by language, lists and objects as readable JSON, else as it is."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        at = datetime.fromisoformat(value)
        return f"{i18n.moment(at, language)} {i18n.utc_offset(at)}"
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)


def _in(form: Callable[..., str], language: Language, value: Any, *more: Any, **options: Any) -> str:
    return form(value, language, *more, **options)


def _token(visit: Visit, moving: Moving) -> str:
    moving.personal = True
    if visit.form_key is None:
        raise ValueError("a form needs a visitor or a session to belong to")
    return form_token(visit.form_key)


def _clock_words(language: Language) -> dict[str, str]:
    """What the running clock and the countdowns need to speak the language."""
    text = catalogue(language).gettext
    days = [i18n.weekday(number, language) for number in range(7)]
    months = [i18n.month(number, language) for number in range(1, 13)] if language is Language.EN else []
    fill = {"days": "{a}", "hours": "{b}"}, {"hours": "{a}", "minutes": "{b}"}, {"minutes": "{a}", "seconds": "{b}"}
    patterns = (i18n.DAYS_HOURS, i18n.HOURS_MINUTES, i18n.MINUTES_SECONDS)
    told = [text(pattern) % values for pattern, values in zip(patterns, fill, strict=True)]
    return {
        "weekdays": ",".join(days),
        "months": ",".join(months),
        "pattern": "{y}-{m}-{d} {w} {t}" if language is Language.ZH else "{w} {d} {m} {y}, {t}",
        "days": told[0],
        "hours": told[1],
        "minutes": told[2],
    }
