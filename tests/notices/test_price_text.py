"""A price text is read as a total, a discount, unit rates or prose; where it could mean two things it is prose."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.money import Fen, yuan
from trading.notices.chinese_amount import fen_of_words, words_of_whole
from trading.notices.price_text import PriceKind, Rate, counted, parse_price

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "yichang-candidates-2025.jsonl"
AMOUNTS = st.integers(1_000_000, 10**14)

TOTALS = {
    "1799255.53": 179925553,
    "1,799,255.53": 179925553,
    "１７９９２５５．５３": 179925553,
    "450000.00元": 45000000,
    "7000000 元": 700000000,
    "698万元": 698000000,
    "25400.99万元": 25400990000,
    "投标总报价：￥698.5万元。": 698500000,
    "人民币陆佰玖拾陆万元整": 696000000,
    "大写：叁佰叁拾陆万捌仟零伍元贰角叁分": 336800523,
    "陆佰玖拾陆万元整（¥6960000.00元）": 696000000,
    "5元": 500,
    "投标总价：8182.9万元（大写：捌仟壹佰捌拾贰万玖仟元整），其中：建安费81089000.00元、设计费740000.00元。": 8182900000,
    "84933848.71（建安费：84063348.71元、设计费：870500.00元）": 8493384871,
}
PROSE = (
    "0.96",
    "98.90",
    "176.80",
    "76.00%",
    "折扣率78%",
    "价格系数：98%",
    "投标报价(元/%)",
    "65717882 .11",
    "1,2345,678",
    "12345.678",
    "0元",
    "-450000元",
    "下浮率101%",
    "下浮%2.5",
    "下浮率（2.2%）投标总价：25400.99万元",
    "设计费：842142.00元;  建安工程费：53295809.34元",
    "831137100.00元（设计费报价:7700000.00元、建安费报价:823437100.00万元）",
    "514223306.80（其中建安费509473306.81元，设计费4750000.00元）",
    "¥6960000.00元（大写：人民币陆佰玖拾伍万元整）",
    "陆佰玖拾陆元万整",
    "下浮率5%；下浮率6%",
    "按收费标准的50%计取，计费额以预算评审后的工程费用为准。",
    "",
    "元",
    "9" * 3000,
)


@pytest.mark.parametrize("text", TOTALS)
def test_an_amount_said_without_doubt_is_a_total_in_fen(text: str) -> None:
    assert parse_price(text) == (PriceKind.TOTAL, TOTALS[text], ())


@pytest.mark.parametrize("text", PROSE)
def test_what_may_mean_two_things_or_contradicts_itself_is_prose(text: str) -> None:
    assert parse_price(text) == (PriceKind.PROSE, None, ())


def test_one_discount_can_be_sorted_and_several_stand_part_by_part() -> None:
    assert parse_price("下浮率：1.7％").discount == Decimal("1.7")
    several = parse_price("设计费报价（下浮率）：18%；施工采购费报价（下浮率）：5%")
    assert (several.kind, several.discount) == (PriceKind.DISCOUNT, None)
    assert several.rates == (Rate("设计费", Decimal(18), "%"), Rate("施工采购费", Decimal(5), "%"))


def test_unit_rates_keep_label_figure_and_unit() -> None:
    assert parse_price("5.10元/吨").rates == (Rate("", Decimal("5.10"), "元/吨"),)
    both = parse_price("设计费报价31元/平方米；建安工程费报价（下浮率）14.8 %")
    assert both.kind is PriceKind.UNIT_RATES
    assert both.rates[1] == Rate("建安工程费", Decimal("14.8"), "%")


@given(AMOUNTS)
def test_the_same_amount_in_figures_groups_and_wan_is_the_same_total(fen: int) -> None:
    plain = yuan(Fen(fen))
    whole, _, cents = plain.partition(".")
    wan = format(Decimal(plain) / 10_000, "f")
    for text in (plain, f"{int(whole):,}.{cents}", plain + "元", wan + "万元", f"投标报价：￥{plain}元。"):
        assert parse_price(text).total == fen


@given(st.integers(1, 10**12 - 1))
def test_capital_numerals_come_back_as_the_amount_they_spell(number: int) -> None:
    assert fen_of_words(f"人民币{words_of_whole(number)}元整") == number * 100


@given(st.integers(1, 10**12 - 1), st.integers(1, 10**12 - 1))
def test_capital_numerals_beside_figures_must_say_the_same(said: int, shown: int) -> None:
    price = parse_price(f"{shown}元（大写：{words_of_whole(said)}元整）")
    assert price.total == (shown * 100 if said == shown else None)


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_without_failing(text: str) -> None:
    price = parse_price(text)
    assert (price.total is not None) == (price.kind is PriceKind.TOTAL)


@given(st.text("零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整", max_size=12))
def test_numerals_in_no_order_never_fail_and_never_name_nothing(text: str) -> None:
    assert fen_of_words(text) is None or fen_of_words(text) >= 0  # type: ignore[operator]


@pytest.mark.shared
@pytest.mark.skipif(not FILE.exists(), reason="the shared data do not stand beside the project")
def test_of_the_real_prices_the_guide_tells_how_many_became_which_kind() -> None:
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    figures = counted(candidate["price_text"] for row in rows for candidate in row["candidates"])
    told = "prices: " + ", ".join(f"{kind} {count}" for kind, count in figures.items())
    assert told == "prices: total 2794, discount 36, unit-rates 11, prose 404"
    guide = Path(__file__).resolve().parents[2] / "docs" / "guide" / "import.md"
    assert told in guide.read_text(encoding="utf-8")
