"""Sentences for the procuring entity's choice of the winner among the candidates."""

from web.sentences import Sentence

SENTENCES = {
    "section.by-choice": Sentence(
        422,
        (
            "本标段适用的规则不允许招标人在候选人中自行定标（{source} {mark}）。",
            "请取消“评定分离”，由排名第一的候选人中标。",
        ),
        (
            "The rule set gives the award to the first in the ranking ({source} {mark}).",
            "Leave the choice out; the first candidate wins.",
        ),
    ),
    "award.not-chosen": Sentence(
        409,
        ("标段 {section} 的招标人尚未定标。", "请由招标人在候选人中定标并签名，再发布中标公告。"),
        (
            "The procuring entity of section {section} has not chosen the winner yet.",
            "Let it choose and sign; then publish the award.",
        ),
    ),
    "choice.entity": Sentence(
        403,
        ("标段 {section} 只能由其招标人定标。", "请由招标人的授权人员登录后办理；招标代理不能代为定标。"),
        (
            "Only the procuring entity may choose the winner of section {section}.",
            "Let an authorised person of the procuring entity sign in; the agent may not.",
        ),
    ),
    "choice.not-left": Sentence(
        409,
        ("标段 {section} 的招标公告没有把定标留给招标人。", "由排名第一的候选人中标；请直接发布中标公告。"),
        (
            "The notice of section {section} does not leave the winner to the procuring entity.",
            "The first candidate wins; publish the award.",
        ),
    ),
    "choice.not-now": Sentence(
        409,
        ("标段 {section} 目前不能定标。", "候选人公示期满之后、发布中标公告之前方可定标。"),
        (
            "The winner of section {section} cannot be chosen now.",
            "It is chosen after the publicity has ended and before the award notice.",
        ),
    ),
    "choice.made": Sentence(
        409,
        ("标段 {section} 已经定标。", "定标结果已经公开，不能更改；请发布中标公告。"),
        ("The winner of section {section} is chosen already.", "The choice is public and stays; publish the award."),
    ),
    "choice.candidate": Sentence(
        422,
        ("所选投标（{bid}）不在候选人之列。", "请在仍为候选人的投标人中选择。"),
        ("The bid {bid} is not among the candidates.", "Choose one of those that are left."),
    ),
    "choice.reasons": Sentence(
        422,
        ("须写明定标理由（不超过 {most} 字）。", "请写明定标人员、所依据的定标规则和理由。"),
        (
            "The choice needs reasons (at most {most} characters).",
            "Say who decided, by which rule of the document, and why.",
        ),
    ),
    "choice.no-key": Sentence(
        422,
        ("定标没有签名。", "请在“账户与密钥”中制作并认证签名密钥，再签署定标。"),
        ("The choice is not signed.", "Make and certify a signing key under “Account and keys”, then sign."),
    ),
}
