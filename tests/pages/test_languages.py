"""Two languages, two sizes of text; the switch keeps page and filters."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from web.i18n import Language, count, day, language_of, left, moment, short_moment, utc_offset

AT = datetime(2026, 11, 23, 1, 42, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "told"),
    [(Language.ZH, "2026-11-23 周一 09:42:17"), (Language.EN, "Mon 23 Nov 2026, 09:42:17")],
)
def test_a_time_is_told_in_shanghai_with_its_weekday(language: Language, told: str) -> None:
    assert moment(AT, language, seconds=True) == told
    assert utc_offset(AT) == "UTC+8"


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(days=3, hours=2, minutes=59), "3 天 2 时", "3 d 2 h"),
        (timedelta(hours=5, minutes=12), "5 时 12 分", "5 h 12 min"),
        (timedelta(minutes=17, seconds=43), "17 分 43 秒", "17 min 43 s"),
        (timedelta(seconds=-5), "0 分 0 秒", "0 min 0 s"),
    ],
)
def test_time_left_is_told_in_its_two_largest_units(span: timedelta, zh: str, en: str) -> None:
    assert left(AT + span, AT, Language.ZH) == zh
    assert left(AT + span, AT, Language.EN) == en


def test_a_day_of_another_year_is_told_with_its_year() -> None:
    assert short_moment(AT, Language.ZH, AT) == "11-23 09:42"
    assert short_moment(AT, Language.ZH, AT + timedelta(days=60)) == "2026-11-23"


def test_a_day_is_the_day_in_china() -> None:
    assert day(datetime(2026, 11, 22, 17, tzinfo=UTC), Language.ZH) == "2026-11-23"


def test_numbers_are_grouped() -> None:
    assert {count(1234567, language) for language in Language} == {"1,234,567"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", (Language.ZH, "/")),
        ("/en", (Language.EN, "/")),
        ("/en/notices", (Language.EN, "/notices")),
        ("/entry", (Language.ZH, "/entry")),
    ],
)
def test_the_prefix_tells_the_language(path: str, found: tuple[Language, str]) -> None:
    assert language_of(path) == found


@pytest.mark.parametrize(("prefix", "tag"), [("", "zh-CN"), ("/en", "en")])
async def test_a_page_names_its_language(visitor: httpx.AsyncClient, prefix: str, tag: str) -> None:
    answer = await visitor.get(f"{prefix}/notices")
    assert f'<html lang="{tag}"' in answer.text
    assert answer.headers["content-language"] == tag


async def test_the_language_switch_keeps_page_and_filters(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/notices?q=%E9%81%93%E8%B7%AF&kind=candidates")
    link = page.text.split('href="/preferences?language=en')[1].split('"')[0].replace("&amp;", "&")
    answer = await visitor.get("/preferences?language=en" + link)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/notices?q=%E9%81%93%E8%B7%AF&kind=candidates"
    back = await visitor.get("/preferences", params={"language": "zh", "to": answer.headers["location"]})
    assert back.headers["location"] == "/notices?q=%E9%81%93%E8%B7%AF&kind=candidates"


async def test_whoever_chose_english_is_led_to_the_english_home_page(visitor: httpx.AsyncClient) -> None:
    await visitor.get("/preferences?language=en&to=/")
    assert (await visitor.get("/")).headers["location"] == "/en"
    await visitor.get("/preferences?language=zh&to=/en")
    assert (await visitor.get("/")).status_code == 200


async def test_large_text_is_kept_without_scripts(visitor: httpx.AsyncClient) -> None:
    assert "data-text" not in (await visitor.get("/")).text.split("<head>")[0]
    assert (await visitor.get("/preferences?text=large&to=/notices")).headers["location"] == "/notices"
    assert '<html lang="zh-CN" data-text="large">' in (await visitor.get("/")).text


async def test_a_preference_leads_to_no_other_site(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/preferences?language=en&to=//evil.test/")).headers["location"] == "/en"
