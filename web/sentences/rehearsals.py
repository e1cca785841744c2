"""Sentences for rehearsals."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "rehearsal.demo-only": Sentence(
        409,
        ("模拟开标只能在演示环境中进行。", "请另行部署 OPENHALL_MODE=demo 的演示环境用于培训。"),
        (
            "Rehearsals are held on demonstration installations only.",
            "Set up a demonstration with OPENHALL_MODE=demo for training.",
        ),
    ),
    "rehearsal.minutes": Sentence(
        422,
        ("距截止的分钟数应为 {shortest} 至 {longest} 的整数。", "请填写该范围内的整数。"),
        (
            "The minutes until the deadline must be a whole number from {shortest} to {longest}.",
            "Type a whole number in that range.",
        ),
    ),
}
