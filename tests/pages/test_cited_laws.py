"""The source of a rule is told by the name of the law, in the reader's language."""

import pytest

from web.i18n import Language
from web.law import cited


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("TBL 24", "招标投标法第 24 条", "Bidding Law, art. 24"),
        ("TBR 35, 57", "实施条例第 35, 57 条", "Bidding Regulations, art. 35, 57"),
        (
            "TBR 22; 招标文件惯例",
            "实施条例第 22 条；招标文件惯例",
            "Bidding Regulations, art. 22; custom of tender documents",
        ),
        (
            "TBR 44 on the spot; minutes are policy",
            "实施条例第 44 条 当场；分钟数由平台规定",
            "Bidding Regulations, art. 44 on the spot; minutes are policy",
        ),
        ("O1117 (十三)", "发改法规规〔2022〕1117 号(十三)", "NDRC notice 1117 of 2022, (十三)"),
        ("CQ 38", "CQ 38", "CQ 38"),
    ],
)
def test_a_law_is_named_and_what_is_unknown_stays_as_it_is(source: str, zh: str, en: str) -> None:
    assert cited(source, Language.ZH) == zh
    assert cited(source, Language.EN) == en
