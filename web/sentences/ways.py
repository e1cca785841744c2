"""Sentences for the procuring entity's decision about a result that cannot stand."""

from web.sentences import Sentence

SENTENCES = {
    "way.entity": Sentence(
        403,
        ("标段 {section} 的后续处理只能由招标人决定。", "请由招标人的授权人员登录后决定；招标代理不能代为决定。"),
        (
            "Only the procuring entity may decide how section {section} goes on.",
            "Let an authorised person of the procuring entity sign in and decide; the agent may not.",
        ),
    ),
    "way.not-now": Sentence(
        409,
        (
            "标段 {section} 目前不能作出后续处理决定。",
            "候选人公示之后、中标结果公告之前方可决定；中标通知发出后的情形依合同和监督部门的意见处理。",
        ),
        (
            "How section {section} goes on cannot be decided now.",
            "It is decided between the candidates' publication and the award notice; what comes after the award notice is a "
            "matter of the contract and of the supervising body.",
        ),
    ),
    "way.objection-open": Sentence(
        409,
        ("第 {number} 号结果异议尚未答复。", "请先答复全部异议，再决定后续处理。"),
        ("Objection no. {number} to the result is not answered yet.", "Answer every objection first, then decide."),
    ),
    "way.cause": Sentence(
        409,
        (
            "标段 {section} 目前没有所选的情形。",
            "有成立的异议时，决定只能以该异议为据；没有时，请选择规则列明的情形之一。",
        ),
        (
            "Section {section} does not have the chosen cause now.",
            "Where an objection was upheld the decision rests on it; otherwise choose one of the causes that the rules list.",
        ),
    ),
    "way.candidate": Sentence(
        422,
        ("所选投标 {bid} 已不是中标候选人。", "请在仍在列的候选人中选择。"),
        ("Bid {bid} is not a candidate any more.", "Choose one of the candidates that are left."),
    ),
    "way.nobody-left": Sentence(
        409,
        ("{bid} 是最后一名候选人，其后没有可递补的候选人。", "请选择重新招标。"),
        ("{bid} is the last candidate; nobody comes after it.", "Choose to call the tender anew."),
    ),
    "way.known": Sentence(
        409,
        (
            "标段 {section} 不能重新评审：首次评分已公开了评委不应知道的名称或报价。",
            "请由其余候选人依序递补，或者重新招标。",
        ),
        (
            "The committee cannot mark again in section {section}: its first marks opened names or prices that judges must "
            "not know.",
            "Let the candidates that are left move up, or call the tender anew.",
        ),
    ),
    "way.choice": Sentence(
        422,
        ("没有选择后续处理方式。", "请选择由其余候选人依序递补、重新评审或者重新招标。"),
        (
            "No way on was chosen.",
            "Choose whether the candidates that are left move up, the committee evaluates again, or the tender is called anew.",
        ),
    ),
    "way.reasons": Sentence(
        422,
        ("决定须写明理由，最多 {most} 字。", "请写明查明的事实和依据。"),
        (
            "The decision needs written reasons of at most {most} characters.",
            "Say what was found and on what it rests.",
        ),
    ),
    "way.no-key": Sentence(
        422,
        ("没有收到招标人密钥对本决定的签名。", "请在“账号与密钥”中为本浏览器开通签名密钥，再签署决定。"),
        (
            "There is no signature of this decision by the procuring entity's key.",
            "Make a key under “Account and keys”, then sign the decision.",
        ),
    ),
}
