"""Sentences for government purchases: their plan and budget, qualification, result and challenges."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "project.object": Sentence(
        422,
        ("没有选择采购标的的类别。", "请选择货物或服务；使用财政性资金招标的工程按工程建设登记。"),
        (
            "It is not told what is bought.",
            "Choose goods or services; works tendered with public money are registered as construction.",
        ),
    ),
    "project.plan-number": Sentence(
        422,
        (
            "采购计划编号“{given}”不合格式（{source}）。",
            "请照财政部门下达的采购计划填写，6 至 40 个字母、数字、连字符或方括号。",
        ),
        (
            "“{given}” is not the number of a purchase plan ({source}).",
            "Copy it from the plan of the finance department: 6 to 40 letters, digits, hyphens or brackets.",
        ),
    ),
    "section.budget": Sentence(
        422,
        ("采购预算 {given} 元不是可用的金额。", "请填写大于零的预算金额。"),
        ("{given} yuan cannot be a budget.", "Give an amount above zero."),
    ),
    "section.budget-missing": Sentence(
        422,
        ("标段 {section} 没有填写采购预算，公告必须载明预算金额。", "请在“标段进展”页补填采购预算后再发布。"),
        (
            "Section {section} has no budget, and a purchase's notice must tell it.",
            "Fill it in on the page “How it stands”, then publish.",
        ),
    ),
    "section.ceiling-above-budget": Sentence(
        422,
        ("最高限价 {ceiling} 元超过采购预算 {budget} 元。", "请降低最高限价，或核对采购预算。"),
        (
            "The ceiling of {ceiling} yuan exceeds the budget of {budget} yuan.",
            "Lower the ceiling, or check the budget.",
        ),
    ),
    "method.lot-not-run": Sentence(
        422,
        (
            "{path}：法律允许随机抽取（{source}），但本平台的评标不代为抽取并列投标。",
            "请改由采购人按招标文件规定的方式确定。",
        ),
        (
            "{path}: the law lets a lot decide ({source}), but an evaluation here draws none among tied bids.",
            "Leave the tie to the purchaser, by the way that the document sets.",
        ),
    ),
}
