"""Sentences for the procuring entity's review of a report and for marks corrected after locking."""

from web.sentences import Sentence

SENTENCES = {
    "review.running": Sentence(
        409,
        ("评标报告的复核期尚未结束（{ends}）。", "请由采购人确认报告，或等复核期满。"),
        ("The review of the report still runs (until {ends}).", "Let the purchaser confirm it, or wait for the end."),
    ),
    "review.time-over": Sentence(
        409,
        ("复核期已满，未答复视为确认。", "请直接发布结果。"),
        ("The time for the review is over; silence has confirmed the report.", "Publish the result."),
    ),
    "review.entity": Sentence(
        403,
        ("标段 {section} 的评标报告只能由招标人复核。", "请由招标人的授权人员登录后办理；招标代理不能代为复核。"),
        (
            "Only the procuring entity may review the report of section {section}.",
            "Let an authorised person of the procuring entity sign in; the agent may not.",
        ),
    ),
    "review.not-now": Sentence(
        409,
        ("标段 {section} 目前没有可复核的评标报告。", "全部评委对报告答复之后、中标候选人公示之前方可复核。"),
        (
            "Section {section} has no report to review now.",
            "It is reviewed after every judge has answered it and before the candidates are published.",
        ),
    ),
    "review.confirmed": Sentence(
        409,
        ("评标报告已经确认。", "确认已经公开，不能更改；请发布中标候选人公示。"),
        ("The report is confirmed already.", "The confirmation is public and stays; publish the candidates."),
    ),
    "review.tie": Sentence(
        409,
        ("已对本报告的并列名次作出决定。", "该决定以本报告为依据，不能再确认或退回；请发布中标候选人公示。"),
        (
            "A tie was decided on this report.",
            "It can neither be confirmed nor returned any more; publish the candidates.",
        ),
    ),
    "review.choice": Sentence(
        422, ("请选择确认或者退回。", "请选择一项。"), ("Confirm or return: choose one.", "Choose one of the two.")
    ),
    "review.reason": Sentence(
        422,
        ("退回的情形不在规定之列。", "请从列出的情形中选择；其他问题请向监督部门反映。"),
        (
            "That is no reason for which a report may be returned.",
            "Choose one of those listed; tell anything else to the supervising body.",
        ),
    ),
    "review.reasons": Sentence(
        422,
        ("须写明退回的理由（不超过 {most} 字）。", "请写明涉及的投标、评审项和评委编号。"),
        ("A return needs reasons (at most {most} characters).", "Name bid, item and the judge's number."),
    ),
    "review.no-key": Sentence(
        422,
        ("复核意见没有签名。", "请用持有已认证密钥的浏览器签名；也可在“账户与密钥”中先制作密钥。"),
        (
            "The review is not signed.",
            "Sign it in the browser that holds your certified key, or make one under “Account and keys”.",
        ),
    ),
    "correction.not-now": Sentence(
        409,
        ("目前不能更正评分。", "只有评分公布之后、全部评委签署报告之前方可更正；报告被退回后重新开放。"),
        (
            "No mark can be corrected now.",
            "It can between the publication of the marks and the last signature, and again when the report is returned.",
        ),
    ),
    "correction.foreign": Sentence(
        403,
        ("只能更正本人（{judge}）的评分。", "请只选择本人的评分。"),
        ("Only an own mark ({judge}) can be corrected.", "Choose one of yours."),
    ),
    "correction.wrong": Sentence(
        422,
        (
            "这项更正不符合规定（{field}）。",
            "只有与其他评委相差过大的本人评分可以更正：请核对所选评分、新的评分和理由。",
        ),
        (
            "This correction does not hold ({field}).",
            "Only an own mark far from the others' can be corrected: check which mark, the new one and the reason.",
        ),
    ),
}
