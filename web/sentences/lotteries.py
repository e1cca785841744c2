"""Sentences about lotteries with a public pool."""

from web.sentences import Sentence

LOTTERIES = {
    "lottery.winners": Sentence(
        422,
        ("{entries} 家参加，不能抽取 {winners} 家。", "抽取数须至少为一，且少于参加者数。"),
        (
            "{winners} cannot be drawn of {entries} entries.",
            "Draw at least one and fewer than take part.",
        ),
    ),
    "lottery.entries": Sentence(
        422,
        ("抽签文件与冻结的名单不符（{why}）。", "请重新下载文件；若仍不符，请向监督部门反映。"),
        (
            "The lottery's file does not agree with what was frozen ({why}).",
            "Download it again; if it still disagrees, tell the supervising body.",
        ),
    ),
}

SENTENCES = LOTTERIES
