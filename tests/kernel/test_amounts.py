"""Amounts in Chinese words 人民币大写, and yuan as people type it."""

import pytest

from infra.kernel.amounts import MOST, in_words, read_yuan
from infra.kernel.money import Fen
from infra.kernel.problems import Problem
from trading.notices.chinese_amount import fen_of_words


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (5, "伍分"),
        (10, "壹角整"),
        (15, "壹角伍分"),
        (50, "伍角整"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (1050, "壹拾元伍角整"),
        (1005, "壹拾元零伍分"),
        (16409_02, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (100001_00, "壹拾万零壹元整"),
        (1000000_00, "壹佰万元整"),
        (9310000_00, "玖佰叁拾壹万元整"),
        (9310000_05, "玖佰叁拾壹万元零伍分"),
        (10000001_00, "壹仟万零壹元整"),
        (10001000_00, "壹仟万壹仟元整"),
        (10000100_00, "壹仟万零壹佰元整"),
        (100000000_00, "壹亿元整"),
        (100000001_00, "壹亿零壹元整"),
        (100010000_00, "壹亿零壹万元整"),
        (110000000_00, "壹亿壹仟万元整"),
        (101010101_01, "壹亿零壹佰零壹万零壹佰零壹元零壹分"),
        (1000000000000_00, "壹万亿元整"),
        (1000000000001_00, "壹万亿零壹元整"),
        (9999999999999999_99, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (-150, "负壹元伍角整"),
    ],
)
def test_an_amount_has_one_spelling_in_capital_numerals(fen: int, words: str) -> None:
    assert in_words(Fen(fen)) == words


def test_the_words_of_an_amount_say_that_amount_and_no_other() -> None:
    amounts = [*range(0, 3000), *(10**power + more for power in range(2, 14) for more in (-1, 0, 1, 10, 105, 99000))]
    assert [one for one in amounts if 0 <= one < 10**14 and fen_of_words(in_words(Fen(one))) not in (one, None)] == []


@pytest.mark.parametrize("fen", [MOST, MOST + 1, -MOST])
def test_an_amount_beyond_all_tenders_is_not_put_into_words(fen: int) -> None:
    with pytest.raises(Problem, match=r"money\.too-large"):
        in_words(Fen(fen))


@pytest.mark.parametrize(
    "text", ["9310000.00", "9,310,000", " 9 310 000.0 ", "９３１００００", "¥9,310,000.00", "9310000元", "￥9310000"]
)
def test_an_amount_is_read_as_people_type_it(text: str) -> None:
    assert read_yuan(text) == 9310000_00


@pytest.mark.parametrize("text", ["", "-", "abc", "1.234", "1..2", "1e5", "一百", "1.", "NaN", "9" * 30])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"money\.not-an-amount"):
        read_yuan(text)


def test_an_amount_too_large_to_be_put_into_words_is_refused_when_it_is_typed() -> None:
    with pytest.raises(Problem, match=r"money\.too-large"):
        read_yuan("1" + "0" * 16)
