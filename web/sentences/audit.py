"""Sentences for refusals of the audit view and of checking an audit file."""

from web.sentences import Sentence

SENTENCES = {
    "audit.event": Sentence(
        422,
        ("没有名为“{event}”的事项。", "请从列表中选择。"),
        ("There is no kind “{event}”.", "Choose one of the list."),
    ),
    "audit.time": Sentence(
        422,
        ("无法识别时间“{given}”。", "请按“年-月-日 时:分”填写，例如 2026-12-01 09:30。"),
        ("“{given}” is not a time.", "Write it like 2026-12-01 09:30."),
    ),
    "audit.span": Sentence(
        422,
        ("起始时间必须早于截止时间。", "请调整其中一个时间。"),
        ("The span must begin before it ends.", "Change one of the two times."),
    ),
    "audit.filter": Sentence(
        422,
        ("筛选条件有误，未导出。", "请在审计页面更正筛选条件后再导出。"),
        ("A filter cannot be read, so nothing was exported.", "Mend it on the audit page, then export."),
    ),
    "audit.no-line": Sentence(
        404,
        ("日志第 {leaf} 号叶没有可以查看的事项。", "该叶可能是填充项，也可能属于尚未公开的内容。"),
        ("No line that may be shown stands at leaf {leaf}.", "It may be a dummy, or something that is still sealed."),
    ),
    "audit.too-many": Sentence(
        422,
        ("检索结果超过 {most} 条，不能一次导出。", "请缩短时间范围，或按标段、事项分次导出。"),
        ("The search finds more than {most} lines, too many for one file.", "Shorten the span, or export by section."),
    ),
}
