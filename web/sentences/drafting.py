"""Sentences for the tender document while it is drafted: fields, rows, files."""

from web.sentences import Sentence

SENTENCES = {
    "document.number": Sentence(
        422,
        ("“{given}”不是数字。", "请填写如 15 或 0.5 的数字。"),
        ("“{given}” is not a number.", "Write a number such as 15 or 0.5."),
    ),
    "document.whole": Sentence(
        422,
        ("“{given}”不是整数。", "请填写整数。"),
        ("“{given}” is not a whole number.", "Write a whole number."),
    ),
    "document.item-name": Sentence(
        422,
        ("评分项“{item}”没有中文名称。", "请填写名称，投标人和评委据此理解评分项。"),
        ("Item “{item}” has no Chinese name.", "Name it; bidders and judges go by the name."),
    ),
    "document.rows": Sentence(
        422,
        ("最多 {most} 行。", "请合并相近的内容。"),
        ("There can be at most {most} rows.", "Join what belongs together."),
    ),
    "document.large": Sentence(
        422,
        ("表单超过 {most} 个字段。", "请删去多余的行。"),
        ("The form has more than {most} fields.", "Remove rows that are not needed."),
    ),
    "document.field": Sentence(
        422,
        ("“{field}”超过 {longest} 个字，或含有不能保存的字符。", "请缩短，长文本作为文件上传。"),
        (
            "“{field}” is longer than {longest} signs, or has signs that cannot be stored.",
            "Shorten it, or attach a file.",
        ),
    ),
    "document.changed": Sentence(
        409,
        ("标段 {section} 的草稿在您预览之后又被修改。", "请重新预览，确认无误后再固化。"),
        ("The draft of section {section} was changed after you looked at it.", "Look at it again, then freeze it."),
    ),
    "document.empty": Sentence(
        422,
        ("标段 {section} 的招标文件既无条款也无文件。", "请至少写一条条款或上传一个文件。"),
        ("The document of section {section} has neither clause nor file.", "Write a clause or attach a file."),
    ),
    "document.file-none": Sentence(
        422,
        ("没有选择文件。", "请选择要上传的文件。"),
        ("No file was chosen.", "Choose the file to attach."),
    ),
    "document.file-size": Sentence(
        422,
        ("文件“{name}”为 {size} 字节；每个文件须大于零且不超过 {largest} MB。", "请压缩或拆分后上传。"),
        (
            "The file “{name}” has {size} bytes; each has to be above zero and at most {largest} MB.",
            "Compress or split it.",
        ),
    ),
    "document.file-name": Sentence(
        422,
        ("文件名“{name}”不可用或超过 {longest} 个字。", '请改名后上传，不要使用 / \\ : * ? " < > | 等字符。'),
        (
            "“{name}” cannot be a file's name, or is longer than {longest} signs.",
            'Rename it without / \\ : * ? " < > |.',
        ),
    ),
    "document.file-count": Sentence(
        422,
        ("招标文件最多 {most} 个文件。", "请合并文件，或删去不需要的。"),
        ("A document has at most {most} files.", "Join files, or remove one."),
    ),
    "document.file-unknown": Sentence(
        404,
        ("没有文件“{name}”。", "请从标段页面进入。"),
        ("There is no file “{name}”.", "Enter from the section's page."),
    ),
}
