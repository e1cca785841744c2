"""Sentences for refusals about notices and their take-over."""

from web.sentences import Sentence

SENTENCES = {
    "notice.unknown": Sentence(
        404,
        ("没有这份公告。", "请核对网址，或在公告列表中搜索。"),
        ("There is no such notice.", "Check the address, or search the list of notices."),
    ),
    "notice.superseded": Sentence(
        409,
        ("该公告（{id}）已有更新的版本。", "请在最新版本上更正。"),
        ("The notice {id} has been replaced by a newer version already.", "Correct the newest version."),
    ),
    "notice.title": Sentence(
        422,
        ("公告标题有 {length} 个字，须有内容且不超过 {longest} 个字。", "请填写或缩短标题。"),
        ("The title has {length} characters; it needs some and at most {longest}.", "Give a title, or shorten it."),
    ),
    "import.not-an-object": Sentence(
        422,
        ("该行不是 JSON 对象。", "每行写一个以“{{”开头、以“}}”结尾的对象。"),
        ("The line is not a JSON object.", "Write one object in braces on each line."),
    ),
    "import.field": Sentence(
        422,
        ("字段“{field}”缺失、为空、过长或类型不对。", "请按导入格式说明补全该字段。"),
        (
            "The field “{field}” is missing, empty, too long or of the wrong type.",
            "Complete it as the import format says.",
        ),
    ),
    "import.date": Sentence(
        422,
        ("“{date}”不是日期。", "请按“2025-06-13”的形式填写。"),
        ("“{date}” is not a date.", "Write it like 2025-06-13."),
    ),
    "import.twice": Sentence(
        422,
        ("同一来源“{source}”在第 {first} 行已出现，内容不同。", "每个文件中同一公告只保留一行，更正放入下一个文件。"),
        (
            "The source “{source}” came in line {first} already, with other content.",
            "Keep one line for each notice in a file; put its correction into the next file.",
        ),
    ),
    "import.line-too-long": Sentence(
        422,
        ("该行超过 {longest} 字节。", "请检查换行，每行一份公告。"),
        ("The line is longer than {longest} bytes.", "Check the line breaks: one notice on each line."),
    ),
    "import.origin": Sentence(
        422,
        ("来源名“{origin}”不合格。", "请用 --origin 给出 1 至 100 个字母、数字、点或连字符。"),
        (
            "“{origin}” cannot name an origin.",
            "Give --origin with 1 to 100 letters, digits, dots, hyphens or underscores.",
        ),
    ),
    "import.no-tables": Sentence(
        409,
        ("数据库中还没有数据表。", "请先运行 openhall migrate。"),
        ("The database has no tables yet.", "Run openhall migrate first."),
    ),
}
