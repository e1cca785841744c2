"""Sentences about registered bodies."""

from web.sentences import Sentence

SENTENCES = {
    "subject.unknown": Sentence(
        404,
        zh=(
            "本平台没有统一社会信用代码为 {credit_code} 的主体。",
            "请核对代码，或在“入库主体”页按名称查找；导入公告中的单位可能未入库。",
        ),
        en=(
            "No body with the credit code {credit_code} is registered here.",
            "Check the code, or look for the name under registered bodies; bodies named in imported notices may not be "
            "registered here.",
        ),
    ),
}
