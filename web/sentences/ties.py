"""Sentences for the procuring entity's decision of a tie."""

from web.sentences import Sentence

SENTENCES = {
    "tie.entity": Sentence(
        403,
        ("标段 {section} 的并列名次只能由招标人决定。", "请由招标人的授权人员登录后决定；招标代理不能代为决定。"),
        (
            "Only the procuring entity may decide the tie of section {section}.",
            "Let an authorised person of the procuring entity sign in and decide; the agent may not.",
        ),
    ),
    "tie.not-now": Sentence(
        409,
        ("标段 {section} 目前不能决定并列名次。", "评标报告完成之后、中标候选人公示之前方可决定。"),
        (
            "A tie of section {section} cannot be decided now.",
            "It is decided after the committee's report and before the candidates are published.",
        ),
    ),
    "tie.none": Sentence(
        409,
        ("标段 {section} 的候选名次没有并列。", "可以直接发布中标候选人公示。"),
        (
            "No candidate's rank in section {section} is tied.",
            "Publish the candidates as computed.",
        ),
    ),
    "tie.not-left": Sentence(
        409,
        (
            "标段 {section} 的招标文件没有把并列名次交由招标人决定。",
            "招标文件以外的因素不得作为依据（《招标投标法实施条例》第四十九条），请咨询监督部门。",
        ),
        (
            "The tender document of section {section} does not leave a tie to the procuring entity.",
            "Nothing outside the document may decide (Implementing Regulations of the Tendering and Bidding Law, art. 49); "
            "ask the supervising body.",
        ),
    ),
    "tie.decided": Sentence(
        409,
        ("标段 {section} 的并列名次已经决定。", "决定已经公开，不能更改；请发布中标候选人公示。"),
        (
            "The tie of section {section} has been decided already.",
            "The decision is public and stays; publish the candidates.",
        ),
    ),
    "tie.order": Sentence(
        422,
        ("并列的投标没有排出唯一的先后。", "请为每个并列的投标各选一个不同的名次。"),
        ("The tied bids are not in one clear order.", "Give each tied bid a rank of its own."),
    ),
    "tie.reasons": Sentence(
        422,
        ("决定须写明理由，最多 {most} 字。", "请写明依据招标文件的哪些内容排序。"),
        (
            "The decision needs written reasons of at most {most} characters.",
            "Say on which parts of the tender document it rests.",
        ),
    ),
    "tie.no-key": Sentence(
        422,
        ("没有收到招标人密钥的签名。", "请在“账号与密钥”中为本浏览器开通签名密钥，再签署决定。"),
        (
            "There is no signature by the procuring entity's key.",
            "Make a key under “Account and keys”, then sign the decision.",
        ),
    ),
}
