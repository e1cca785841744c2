"""Sentences for bids that do not open, and for what people decide about them."""

from web.sentences import Sentence

SENTENCES = {
    "opening.fault": Sentence(
        500,
        ("平台自身故障，这份投标文件尚未打开。", "平台会自动重试；原因未查明前由交易中心书面认定。"),
        (
            "A fault of the platform keeps this bid from opening.",
            "It is tried again by itself; until it is understood the centre decides in writing.",
        ),
    ),
    "opening-form.too-large": Sentence(
        422,
        ("开标一览表密封后有 {size} 字节，超过上限 {largest}。", "请使用平台的开标一览表。"),
        (
            "The sealed opening form has {size} bytes; at most {largest} are allowed.",
            "Use the platform's opening form.",
        ),
    ),
    "opening.no-bid": Sentence(
        404,
        ("没有正在开标的投标 {bid}。", "请从标段的开标页面进入。"),
        ("There is no bid {bid} in an opening.", "Enter from the section's opening."),
    ),
    "opening.not-undecided": Sentence(
        409,
        ("投标 {bid} 没有待认定的原因（当前为“{stage}”）。", "已经认定的不再更改；有异议请按异议程序办理。"),
        (
            "No cause of bid {bid} waits for a decision (it stands at “{stage}”).",
            "What is decided stays; who disagrees may object.",
        ),
    ),
    "opening.cause": Sentence(
        422,
        (
            "“{reason}”不能认定为“{cause}”的责任。",
            "请在投标人、平台、保管人中认定；存储损坏只能认定为平台责任。",
        ),
        (
            "“{cause}” cannot answer for “{reason}”.",
            "Name the bidder, the platform or a custodian; for bytes the store has damaged only the platform answers.",
        ),
    ),
    "opening.reasons": Sentence(
        422,
        ("须写明理由，最多 {longest} 字。", "请填写认定理由，理由将公开并记入日志。"),
        (
            "Written reasons are needed, at most {longest} characters.",
            "State why; the reasons are published and logged.",
        ),
    ),
    "bid.not-damaged": Sentence(
        409,
        ("投标 {bid} 没有待恢复的损坏数据。", "截止后只能重传平台损坏的数据块，且内容须与原来一致。"),
        (
            "Nothing of bid {bid} waits to be restored.",
            "After the deadline only blocks the platform has damaged may be sent again, with the same bytes.",
        ),
    ),
    "opening.not-halted": Sentence(
        409,
        ("标段 {section} 没有等待决定的开标。", "只有有效投标少于规定份数、开标暂停时才需决定。"),
        (
            "The opening of section {section} waits for no decision.",
            "One is needed only where fewer bids than the minimum are left and the opening is halted.",
        ),
    ),
    "opening.nothing-left": Sentence(
        409,
        ("标段 {section} 已没有可继续的投标。", "请决定本次招标失败。"),
        ("No bid of section {section} is left to go on with.", "Fail the section."),
    ),
    "opening.files-unchecked": Sentence(
        409,
        ("投标文件仍在核验：已完成 {checked} 份，共 {bids} 份。", "全部核验后才能开始评标，请稍候。"),
        (
            "The bids' files are still being checked: {checked} of {bids} are done.",
            "Evaluation begins when all are; wait a moment.",
        ),
    ),
    "opening.prices-waited": Sentence(
        409,
        ("还有 {bids} 份报价信封没有开启。", "报价全部开启或认定原因后，评分即公布。"),
        (
            "{bids} price envelopes are not opened yet.",
            "The marks are published once every price is read out or its cause decided.",
        ),
    ),
    "opening.undecided": Sentence(
        409,
        ("有 {bids} 份投标未能打开且尚待恢复或认定原因。", "请由投标人重传，或由交易中心书面认定原因。"),
        (
            "{bids} bids did not open and wait for a remedy or for a decision on the cause.",
            "The bidder sends the bytes again, or the centre decides the cause in writing.",
        ),
    ),
    "opening.halted": Sentence(
        409,
        ("有效投标只剩 {remaining} 份，少于 {minimum} 份，开标已暂停。", "请由交易中心书面决定继续或终止。"),
        (
            "Only {remaining} bids are left, {minimum} are needed; the opening is halted.",
            "The centre decides in writing whether it goes on or fails.",
        ),
    ),
}
