"""Sentences for what a section's pages do not show yet, or never had."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "marks.unpublished": Sentence(
        404,
        ("标段 {section} 的评分尚未公布。", "全体评委锁定评分并签名承诺后，全部评分一次性公布；请届时再来。"),
        (
            "The marks of section {section} are not public yet.",
            "All marks are published at once when every judge has locked and signed; come back then.",
        ),
    ),
    "evaluation.unknown": Sentence(
        404,
        ("标段 {section} 没有第 {number} 次被搁置的评审。", "请从标段页“结果如何继续”进入；现行的评审在“逐项评分”页。"),
        (
            "Section {section} has no evaluation {number} that was set aside.",
            "Enter from “How the result went on” on the section's page; the one in force stands under “Every judge's marks”.",
        ),
    ),
    "draw.undisclosed": Sentence(
        404,
        ("标段 {section} 没有可公开的第 {number} 次抽取记录。", "抽取记录与评分同时公布；请核对次数，或届时再来。"),
        (
            "Section {section} has no public record of draw {number}.",
            "Draws are disclosed together with the marks; check the number, or come back then.",
        ),
    ),
    "event.unknown": Sentence(
        404,
        ("标段 {section} 没有可公开的第 {leaf} 号日志记录。", "请从该标段的日志页进入；尚未公开的事件到期后自动列出。"),
        (
            "Section {section} has no public event at leaf {leaf}.",
            "Enter from the section's log; events that are not public yet appear there in their time.",
        ),
    ),
    "event.pending": Sentence(
        404,
        ("第 {leaf} 号日志记录正在等待联署。", "请几秒钟后重试。"),
        ("The event at leaf {leaf} waits for its co-signatures.", "Try again in a few seconds."),
    ),
}
