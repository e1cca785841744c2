"""Sentences for written inquiries of the committee to bidders."""

from web.sentences import Sentence

SENTENCES = {
    "inquiry.unknown": Sentence(
        404,
        ("没有这份询标函。", "请从消息或“我的投标”中重新打开。"),
        ("There is no such inquiry.", "Open it again from your messages or your bids."),
    ),
    "inquiry.not-open": Sentence(
        409,
        ("当前阶段（{state}）不能书面询标或回复。", "询标只在评标委员会评审期间进行。"),
        ("Nothing is asked or answered in writing now ({state}).", "Inquiries belong to the evaluation."),
    ),
    "inquiry.too-late": Sentence(
        409,
        ("已有评委锁定打分，不能再书面询标。", "请按现有投标文件和已有回复继续评审。"),
        ("Marks are locked already, so nothing is asked any more.", "Go on with the bids and answers as they are."),
    ),
    "inquiry.bid": Sentence(
        422,
        ("请选择参加评审的投标。", "已否决或未开启的投标不再询标。"),
        ("Choose a bid that takes part.", "Nothing is asked about bids that are rejected or were not opened."),
    ),
    "inquiry.ground": Sentence(
        422,
        ("请选择询标的理由。", "只能就含义不明确、明显文字或计算错误、异常低价书面询标。"),
        (
            "Choose why you ask.",
            "Only what is unclear, an obvious error or an abnormally low price may be asked about.",
        ),
    ),
    "inquiry.question": Sentence(
        422,
        ("询标的问题须填写，不超过 {most} 字。", "请写明投标文件的位置和需要说明的内容，不得暗示或诱导。"),
        (
            "The question has to be written, in at most {most} characters.",
            "Name the place in the bid and what is to be explained; do not hint at an answer.",
        ),
    ),
    "inquiry.leader": Sentence(
        403,
        ("只有评标委员会组长可以决定是否发出询标函。", "请先推选组长，或由组长处理。"),
        (
            "Only the committee's leader decides whether a question goes out.",
            "Elect a leader first, or leave it to the leader.",
        ),
    ),
    "inquiry.reasons": Sentence(
        422,
        ("不发出的理由须填写，不超过 {most} 字。", "请写明不予询标的理由，理由随评审结果公布。"),
        (
            "The reason for not sending has to be written, in at most {most} characters.",
            "It is published with the result.",
        ),
    ),
    "inquiry.not-low": Sentence(
        409,
        ("该投标的报价没有待询问的异常低价情形。", "请刷新页面；需要时由评委起草询标函。"),
        (
            "There is no abnormally low price left to ask about in this bid.",
            "Reload the page; a judge may draft a question.",
        ),
    ),
    "inquiry.open": Sentence(
        409,
        ("第 {number} 号询标尚未结束，不能锁定打分。", "请等待组长处理、投标人回复或回复时限届满。"),
        (
            "Inquiry no. {number} is still open, so no marks can be locked.",
            "Wait for the leader, the bidder's answer, or the end of the time to answer.",
        ),
    ),
    "inquiry.unasked": Sentence(
        409,
        ("有 {bids} 份投标的报价异常低，尚未书面询问，不能锁定打分。", "请由组长在“书面询标”页发出询问。"),
        (
            "{bids} abnormally low prices have not been asked about, so no marks can be locked.",
            "The leader sends the question on the page of written inquiries.",
        ),
    ),
    "inquiry.answered": Sentence(
        409,
        ("贵单位已经回复这份询标函。", "每份询标函只能回复一次，回复不能更改。"),
        ("Your body has answered this inquiry already.", "Each is answered once; the answer stands."),
    ),
    "inquiry.late": Sentence(
        409,
        ("回复时限已于 {ended} 届满。", "评标委员会将按未回复处理。"),
        ("The time to answer ended at {ended}.", "The committee takes it as no answer."),
    ),
    "inquiry.answer": Sentence(
        422,
        ("回复内容须填写，不超过 {most} 字。", "请逐项说明，不得改变投标文件的实质性内容。"),
        (
            "The answer has to be written, in at most {most} characters.",
            "Explain; the substance of the bid cannot change.",
        ),
    ),
    "inquiry.no-key": Sentence(
        422,
        ("回复没有签名。", "请在办理了签名证书的浏览器中打开本页再提交。"),
        ("The answer is not signed.", "Open this page in the browser that holds your certified key, then send it."),
    ),
}
