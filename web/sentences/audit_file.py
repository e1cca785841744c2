"""Sentences for what does not hold in an audit file."""

from web.sentences import Sentence

SENTENCES = {
    "audit-file.form": Sentence(
        400,
        ("审计文件的格式不正确。", "请使用平台导出的原始文件，不要用其他程序另存。"),
        (
            "This is not a well-formed audit file.",
            "Use the file as exported; do not save it again with another program.",
        ),
    ),
    "audit-file.order": Sentence(
        409,
        ("审计文件的条目顺序被改动。", "请向导出人索取原始文件。"),
        ("The lines of the audit file are not in their order.", "Ask whoever exported it for the original."),
    ),
    "audit-file.seal": Sentence(
        409,
        ("审计文件导出后被改动：内容与末行签名不符。", "请向导出人索取原始文件。"),
        (
            "The audit file was changed after its export: its signature is over other bytes.",
            "Ask for the original file.",
        ),
    ),
    "audit-file.foreign": Sentence(
        409,
        ("审计文件中混入了其他标段的条目。", "请重新导出该标段。"),
        ("A line of another section stands in the file of this one.", "Export the section anew."),
    ),
    "audit-file.changed": Sentence(
        409,
        ("该条目与公开日志不一致。", "请保留此文件：它证明条目在记录之后被改动。"),
        (
            "This line is not what the public log holds.",
            "Keep the file: it shows that the line was changed after it was logged.",
        ),
    ),
    "audit-file.twice": Sentence(
        409,
        ("同一日志位置在文件中出现两次。", "请重新导出；若仍如此，请保留此文件作为证据。"),
        (
            "The same place of the log stands in the file twice.",
            "Export anew; if it stays so, keep the file as evidence.",
        ),
    ),
    "audit-file.link": Sentence(
        409,
        ("该条目的链接与其序号或前一条不符。", "请保留此文件作为证据。"),
        ("The line's link does not open to its number and the line before.", "Keep the file as evidence."),
    ),
    "audit-file.gap": Sentence(
        409,
        ("标段的条目序号有缺口，有条目被遗漏。", "请重新导出；若仍如此，请保留此文件作为证据。"),
        (
            "The section's numbers have a gap: a line was left out.",
            "Export anew; if it stays so, keep the file as evidence.",
        ),
    ),
    "audit-file.read": Sentence(
        409,
        ("该查阅记录不在其时段的封存内容中。", "请保留此文件：它证明查阅记录在封存之后被改动。"),
        ("This read is not part of its hour as logged.", "Keep the file: it shows that the access log was changed."),
    ),
}
