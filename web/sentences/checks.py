"""Sentences for machine checks: why a file of a bid, or a priced bill, could not be compared."""

from web.sentences import Sentence

UNHARMED = "这不影响该投标，请评标委员会直接查阅原文件。"
BY_HAND = "That does not touch the bid; the committee reads the file itself."

SENTENCES = {
    "check.unknown": Sentence(
        404,
        ("没有这一对投标文件的比对结果。", "请从清标结果中重新打开。"),
        ("There is no comparison of these two.", "Open it again from the machine checks."),
    ),
    "check-file.encrypted": Sentence(
        422,
        ("文件设有密码或为旧式加密格式，未作比对。", UNHARMED),
        ("The file has a password or an old format that hides its text.", BY_HAND),
    ),
    "check-file.broken": Sentence(
        422,
        ("文件不完整或已损坏，未作比对。", UNHARMED),
        ("The file is cut off or damaged inside.", BY_HAND),
    ),
    "check-file.unknown": Sentence(
        422,
        ("文件格式不在比对范围内（可比对 PDF、DOCX、XLSX）。", UNHARMED),
        ("The file is of a kind that is not compared (PDF, DOCX and XLSX are).", BY_HAND),
    ),
    "check-file.too-large": Sentence(
        422,
        ("文件过大（展开后超过 {most} MB），未作比对。", UNHARMED),
        ("The file is larger than {most} MB, or becomes so when it is unpacked.", BY_HAND),
    ),
    "check-file.too-long": Sentence(
        422,
        ("文件在 {seconds} 秒内未能读完，未作比对。", UNHARMED),
        ("The file could not be read within {seconds} seconds.", BY_HAND),
    ),
    "bill.file": Sentence(
        422,
        ("已标价工程量清单不是可读的 CSV、XLSX 或 XML 文件。", UNHARMED),
        ("The priced bill is no CSV, XLSX or XML file that can be read.", BY_HAND),
    ),
    "bill.headings": Sentence(
        422,
        ("已标价工程量清单缺少列：{missing}。", UNHARMED),
        ("The priced bill lacks the columns {missing}.", BY_HAND),
    ),
    "bill.number": Sentence(
        422,
        ("已标价工程量清单第 {line} 行“{column}”不是数字：{given}。", UNHARMED),
        ("Line {line} of the priced bill has no number under {column}: {given}.", BY_HAND),
    ),
    "bill.large": Sentence(
        422,
        ("已标价工程量清单超过 {most} 行，未作比对。", UNHARMED),
        ("The priced bill has more than {most} lines.", BY_HAND),
    ),
    "bill.empty": Sentence(
        422,
        ("已标价工程量清单没有任何清单项目。", UNHARMED),
        ("The priced bill has no line.", BY_HAND),
    ),
}
