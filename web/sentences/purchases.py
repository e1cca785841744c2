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
    "candidates.none-here": Sentence(
        409,
        (
            "政府采购不公示中标候选人（{source}）。",
            "采购人确认评标报告（或复核期满未答复）后，请直接发布中标结果公告。",
        ),
        (
            "A government purchase has no publicity of candidates ({source}).",
            "Publish the result once the purchaser has confirmed the report, or its time to answer is over.",
        ),
    ),
    "award.no-names": Sentence(
        409,
        ("评审专家名单无法在此解密，中标结果公告必须载明专家姓名。", "请从标段的“定标与公示”页发布。"),
        (
            "The judges' names cannot be unsealed here, and the result notice must name them.",
            "Publish it from the section's page “Award and publicity”.",
        ),
    ),
    "qualification.waiting": Sentence(
        409,
        ("标段 {section} 的资格审查尚未完成。", "请等待采购人完成资格审查，再签到评审。"),
        (
            "The qualification of the bids of section {section} has not been examined yet.",
            "Wait until the purchaser has examined it, then sign in.",
        ),
    ),
    "qualification.entity": Sentence(
        403,
        ("标段 {section} 的资格审查结论只能由采购人作出。", "请由采购人的授权人员登录后签署。"),
        (
            "Only the purchaser may decide on the qualification in section {section}.",
            "Let an authorised person of the purchaser sign in.",
        ),
    ),
    "qualification.examined": Sentence(
        409,
        ("标段 {section} 的资格审查已经签署。", "结论不能更改；请继续组织评审。"),
        (
            "The qualification in section {section} has been signed already.",
            "It cannot be changed; go on with the evaluation.",
        ),
    ),
    "qualification.not-now": Sentence(
        409,
        ("标段 {section} 目前不能进行资格审查。", "开标结束后、评审开始前由采购人审查（财政部令第87号第四十四条）。"),
        (
            "The qualification in section {section} cannot be examined now.",
            "The purchaser examines it after the opening and before the evaluation (MoF Order 87, article 44).",
        ),
    ),
    "qualification.none": Sentence(
        409,
        ("标段 {section} 没有由采购人审查的资格条件。", "请直接组织评审。"),
        ("Section {section} has no qualification for the purchaser to examine.", "Go on with the evaluation."),
    ),
    "qualification.no-key": Sentence(
        422,
        ("本浏览器没有可用的签名密钥。", "请在“账户与密钥”页生成并认证密钥后再签署。"),
        ("This browser holds no key to sign with.", "Make one under “Account and keys”, then sign."),
    ),
}
