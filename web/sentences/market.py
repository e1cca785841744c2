"""Sentences for ratings and selections of the marketplace."""

from web.sentences import Sentence

SENTENCES = {
    "rating.owner": Sentence(
        422,
        ("合同没有写明业主组。", "请为每份合同填写业主组编号。"),
        ("A contract names no owner group.", "Give every contract the id of its owner group."),
    ),
    "rating.weights": Sentence(
        422,
        ("权重应有 {needed} 个，给出了 {given} 个。", "依次填写 O、D、T、F 与联合检查的权重。"),
        ("There must be {needed} weights; {given} are given.", "Give those of O, D, T, F and the inspection."),
    ),
    "rating.weights-sum": Sentence(
        422,
        ("权重之和为 {sum}，应为 1。", "请修改权重。"),
        ("The weights add up to {sum} instead of 1.", "Change the weights."),
    ),
    "rating.not-positive": Sentence(
        422,
        ("公式参数不能为零。", "请填写大于零的数。"),
        ("A parameter of the formula is zero.", "Give a number above zero."),
    ),
    "selection.agency": Sentence(
        422,
        ("中介机构编号为空。", "请填写机构编号。"),
        ("An agency has no id.", "Give every agency its id."),
    ),
    "selection.quote": Sentence(
        422,
        ("报价 {value} 不大于零。", "请填写大于零的报价。"),
        ("The quote {value} is not above zero.", "Give a price above zero."),
    ),
    "selection.weights": Sentence(
        422,
        ("评分项权重之和为 {sum}，应为 100。", "请修改权重。"),
        ("The criteria's weights add up to {sum} instead of 100.", "Change the weights."),
    ),
    "selection.judges": Sentence(
        422,
        ("评分人数为 {judges}，与选取方式不符。", "方案择优至少一人，询比恰好一人。"),
        (
            "{judges} judges do not fit the mode.",
            "A scored selection has one at least, a request for quotation exactly one.",
        ),
    ),
    "selection.agencies-differ": Sentence(
        422,
        ("各评分人所评的机构不一致。", "每位评分人须给每家机构打分。"),
        ("The judges have not marked the same agencies.", "Every judge marks every agency."),
    ),
    "selection.slots": Sentence(
        422,
        ("号码 {slots} 个，少于入围机构 {agencies} 家。", "号码数不得少于入围机构数。"),
        (
            "{slots} lottery numbers are fewer than the {agencies} agencies on the long list.",
            "Give one at least to each.",
        ),
    ),
    "selection.draw-missing": Sentence(
        422,
        ("{tied} 并列，但没有摇号记录。", "请附上对并列机构的摇号记录。"),
        ("{tied} are tied, and there is no draw.", "Give the draw among the tied agencies."),
    ),
    "selection.draw-pool": Sentence(
        422,
        ("摇号名单与应参加的机构不符。", "名单须恰为并列（或入围）机构，号码数与规则一致。"),
        (
            "The draw's pool is not of the agencies that take part.",
            "It must hold exactly those that are tied or listed.",
        ),
    ),
    "selection.draw-unused": Sentence(
        422,
        ("没有并列，摇号记录无用。", "请去掉摇号记录。"),
        ("Nobody is tied: the draw settles nothing.", "Leave the draw out."),
    ),
}
