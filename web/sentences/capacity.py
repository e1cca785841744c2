"""Sentences for questions about a candidate's capacity to perform 履约能力审查 (TBR 56)."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "capacity.entity": Sentence(
        403,
        ("标段 {section} 的履约能力审查只能由招标人提出。", "请由招标人的授权人员登录后办理；招标代理不能代为提出。"),
        (
            "Only the procuring entity may ask about a candidate's capacity in section {section}.",
            "Let an authorised person of the procuring entity sign in; the agent may not.",
        ),
    ),
    "capacity.not-now": Sentence(
        409,
        ("标段 {section} 目前不能提出履约能力审查。", "中标候选人公示之后、发出中标通知书之前方可提出。"),
        (
            "Nothing can be asked about a candidate's capacity in section {section} now.",
            "It is asked between the publication of the candidates and the award notice.",
        ),
    ),
    "capacity.open": Sentence(
        409,
        ("第 {number} 号履约能力审查尚未答复。", "请等待原评标委员会作出结论，再办理后续事项。"),
        (
            "The committee has not answered question no. {number} about a candidate's capacity.",
            "Wait for its resolution before anything else is decided.",
        ),
    ),
    "capacity.lacking": Sentence(
        409,
        (
            "原评标委员会认定该候选人不能履行合同（{bid}）。",
            "请由招标人决定由下一名候选人递补，或者重新招标。",
        ),
        (
            "The committee found that this candidate cannot perform ({bid}).",
            "Let the procuring entity hand on to the next candidate, or tender anew.",
        ),
    ),
    "capacity.candidate": Sentence(
        422,
        ("投标 {bid} 不是现有的中标候选人。", "请从现有候选人中选择。"),
        ("Bid {bid} is not among the candidates that are left.", "Choose one of them."),
    ),
    "capacity.reasons": Sentence(
        422,
        ("没有写明提出审查的理由，或者超过 {most} 个字。", "请写明经营、财务状况的变化或者违法行为，以及依据。"),
        (
            "It is not told why this is asked, or in more than {most} signs.",
            "Tell what has changed in business or finances, or what law was broken, and what shows it.",
        ),
    ),
    "capacity.not-asked": Sentence(
        409,
        ("没有这样一项待答复的履约能力审查（{request}）。", "请刷新页面，按招标人最近提出的事项答复。"),
        (
            "No such question about a candidate's capacity waits for an answer ({request}).",
            "Look again, and answer what the procuring entity asked last.",
        ),
    ),
    "capacity.no-key": Sentence(
        422,
        ("本浏览器没有可用的签名密钥。", "请在“账户与密钥”页生成并认证密钥后再签署。"),
        ("This browser holds no key to sign with.", "Make one under “Account and keys”, then sign."),
    ),
}
