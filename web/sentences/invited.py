"""Sentences for tenders by invitation."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "invited.not-here": Sentence(
        422,
        ("本标段适用的规则（{regime}）没有邀请招标。", "请按公开方式发布公告。"),
        ("The rule set of this section ({regime}) knows no invited tender.", "Publish an open one."),
    ),
    "invited.ground": Sentence(
        422,
        ("未选择可以邀请招标的情形（{source}{mark}）。", "请选择一种法定情形；都不符合的应当公开招标。"),
        (
            "None of the grounds for an invited tender was chosen ({source}{mark}).",
            "Choose the one that applies; where none does, the tender must be open.",
        ),
    ),
    "invited.reasons": Sentence(
        422,
        ("没有写明采用邀请招标的理由，或超过 {longest} 字。", "请写明本项目为何符合所选情形，理由随公告公布。"),
        (
            "The reasons for inviting bidders are missing, or longer than {longest} characters.",
            "Write why the chosen ground applies here; it is published with the notice.",
        ),
    ),
    "invited.too-few": Sentence(
        422,
        ("只列了 {named} 家，至少须邀请 {needed} 家（{source}{mark}）。", "请补足受邀投标人，或改为公开招标。"),
        (
            "Only {named} were named; at least {needed} must be invited ({source}{mark}).",
            "Name more bidders, or make the tender an open one.",
        ),
    ),
    "invited.too-many": Sentence(
        422,
        ("受邀投标人不能超过 {most} 家。", "请减少名单，或改为公开招标。"),
        ("No more than {most} bidders can be invited.", "Name fewer, or make the tender an open one."),
    ),
    "invited.unknown-bidder": Sentence(
        422,
        ("以下统一社会信用代码不是本平台的注册投标人：{codes}。", "请核对代码；未注册的单位须先完成注册。"),
        (
            "These credit codes are of no registered bidder: {codes}.",
            "Check them; a body that is not registered must register first.",
        ),
    ),
    "invited.own-body": Sentence(
        422,
        ("招标人或招标代理机构不能受邀投标：{codes}。", "请从名单中删去。"),
        (
            "The procuring entity and its agent cannot be invited: {codes}.",
            "Take them out of the list.",
        ),
    ),
    "document.invited-only": Sentence(
        403,
        (
            "本标段为邀请招标，开标前招标文件只向受邀投标人提供。",
            "受邀单位请登录后查看；招标公告人人可读，截标后招标文件公开。",
        ),
        (
            "This is an invited tender: until the opening its document is for those invited alone.",
            "If you were invited, sign in for your company; the notice is public, and the document after the deadline.",
        ),
    ),
    "bid.not-invited": Sentence(
        403,
        (
            "本标段为邀请招标，贵单位不在受邀之列，不能投标、提问。",
            "如认为不应采用邀请招标，可向公告所列行政监督部门反映。",
        ),
        (
            "This is an invited tender and your company was not invited: it can neither bid nor ask questions.",
            "If you hold that it should be open, turn to the supervising body named in the notice.",
        ),
    ),
}
