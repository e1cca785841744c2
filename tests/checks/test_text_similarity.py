"""Texts are alike by the share of the shorter one that stands in the other, the tender document's own sentences left out."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from trading.checks.texts import PARAGRAPH, Sentence, Text, compared, own, pairs, sentences

SIGNS = "施工组织设计应当结合本标段的特点编制混凝土浇筑前检查模板支撑与钢筋保护层厚度并做好记录围堰合拢后抽水"


def a_sentence(number: int, length: int = 30) -> str:
    """A sentence of its own: no two numbers share a run of six signs."""
    return "".join(Random(number).choices(SIGNS, k=length)) + f"{number:04d}"


def a_text(numbers: Sequence[int]) -> Text:
    return Text([Sentence(1, a_sentence(number)) for number in numbers])


def test_a_text_is_wholly_in_itself_and_not_at_all_in_another() -> None:
    text, other = a_text(range(20)), a_text(range(100, 120))
    same, unlike = compared(text, text), compared(text, other)
    assert same is not None and (same.share, same.matched) == (1, 20)
    assert unlike is not None and unlike.share == 0


def test_the_share_is_counted_on_the_shorter_text_and_the_same_both_ways() -> None:
    short, long = a_text(range(10)), a_text([*range(8), *range(200, 260)])
    one, other = compared(short, long), compared(long, short)
    assert one is not None and other is not None
    assert one.share == other.share == Fraction(8, 10)
    assert [match.one for match in one.matches] == [match.other for match in other.matches]


def test_a_sentence_with_a_word_changed_counts_as_the_same_and_says_how_near_it_is() -> None:
    text = a_text(range(20))
    changed = Text([Sentence(3, one.text[:10] + "改" + one.text[11:]) for one in text.sentences])
    found = compared(text, changed)
    assert found is not None and found.share == 1
    assert {match.near for match in found.matches} <= set(range(90, 100))
    assert {match.other.page for match in found.matches} == {3}


def test_what_the_tender_document_says_itself_is_nobodys_copy() -> None:
    given_text = "。".join(a_sentence(number) for number in range(10))
    found = sentences([given_text + "。" + a_sentence(50)])
    assert [one.text for one in own(found, [given_text])] == [a_sentence(50)]


def test_too_little_text_of_its_own_is_not_compared() -> None:
    assert compared(a_text(range(3)), a_text(range(3))) is None
    long = Text([Sentence(1, a_sentence(number, 200)) for number in range(4)])
    assert compared(long, long) is None


def test_a_text_without_an_end_is_compared_in_pieces() -> None:
    told = sentences([a_sentence(1, 900)])
    assert [len(one.text) for one in told] == [400, 400, 104]


def test_a_line_break_ends_no_sentence_but_a_paragraph_does() -> None:
    pages = [
        "施工组织设计应当结合本\r\n标段的特点编制，保证质量。\n第二句也有十二个字以上才算数",
        f"甲{'乙' * 12}{PARAGRAPH}丙{'丁' * 12}",
    ]
    assert [(one.page, one.text) for one in sentences(pages)] == [
        (1, "施工组织设计应当结合本标段的特点编制,保证质量"),
        (1, "第二句也有十二个字以上才算数"),
        (2, "甲" + "乙" * 12),
        (2, "丙" + "丁" * 12),
    ]


def test_of_many_texts_only_the_pairs_above_the_share_are_told_the_most_alike_first() -> None:
    texts = {
        "A": a_text(range(20)),
        "B": a_text([*range(18), 300, 301]),
        "C": a_text([*range(8), *range(400, 412)]),
        "D": a_text(range(500, 520)),
        "E": a_text(range(20)),
    }
    found = pairs(texts, Fraction(4, 5))
    assert [(one, other) for one, other, _ in found] == [("A", "E"), ("A", "B"), ("B", "E")]


@given(st.lists(st.integers(0, 60), min_size=8, max_size=30, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_sentences_does_not_matter(numbers: list[int], chance: object) -> None:
    turned = list(reversed(numbers))
    one, other = compared(a_text(numbers), a_text(range(30))), compared(a_text(turned), a_text(range(30)))
    assert (one is None) == (other is None)
    assert one is None or other is None or one.share == other.share
