"""The source of a rule is told by the name of the law, in the reader's language."""

import pytest

from infra.kernel.problems import Problem
from web.i18n import Language
from web.law import cited, grounded
from web.problems import explain


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("TBL 24", "《招标投标法》第 24 条", "Tendering and Bidding Law, art. 24"),
        (
            "TBR 35, 57",
            "《招标投标法实施条例》第 35, 57 条",
            "Implementing Regulations of the Tendering and Bidding Law, art. 35, 57",
        ),
        (
            "TBR 22; 招标文件惯例",
            "《招标投标法实施条例》第 22 条；招标文件惯例",
            "Implementing Regulations of the Tendering and Bidding Law, art. 22; custom of tender documents",
        ),
        (
            "TBR 44 on the spot; minutes are policy",
            "《招标投标法实施条例》第 44 条 当场；分钟数由平台规定",
            "Implementing Regulations of the Tendering and Bidding Law, art. 44 on the spot; minutes are policy",
        ),
        (
            "TBL 22; EBM 21",
            "《招标投标法》第 22 条；《电子招标投标办法》第 21 条",
            "Tendering and Bidding Law, art. 22; Measures for Electronic Tendering and Bidding, art. 21",
        ),
        (
            "GPR 9; TBR 46",
            "《政府采购法实施条例》第 9 条；《招标投标法实施条例》第 46 条",
            "Implementing Regulations of the Government Procurement Law, art. 9; "
            "Implementing Regulations of the Tendering and Bidding Law, art. 46",
        ),
        ("O1117 (十三)", "发改法规规〔2022〕1117 号(十三)", "NDRC notice 1117 of 2022, (十三)"),
        ("NB 38", "NB 38", "NB 38"),
    ],
)
def test_a_law_is_named_and_what_is_unknown_stays_as_it_is(source: str, zh: str, en: str) -> None:
    assert cited(source, Language.ZH) == zh
    assert cited(source, Language.EN) == en


def test_a_rejection_names_its_article_and_leaves_the_written_reason() -> None:
    told = grounded("TBR 51(3): 资质证书已过期; 见第3页", Language.ZH)
    assert told == "《招标投标法实施条例》第 51(3) 条: 资质证书已过期; 见第3页"


def test_a_refusal_names_the_law_it_rests_on() -> None:
    problem = Problem("panel.even", size=4, source="TBR 44")
    assert "《招标投标法实施条例》第 44 条" in explain(problem, "zh")[1]
    assert "Implementing Regulations of the Tendering and Bidding Law, art. 44" in explain(problem, "en")[1]
