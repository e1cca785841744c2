"""Sentences for the refusals of live pages."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "live.full": Sentence(
        503,
        ("实时连接已达上限（{most} 个）。", "页面内容仍可查看，请稍后刷新；连接会自动重试。"),
        (
            "There is no room for another live connection (there are {most}).",
            "The page itself can be read: reload it later; the connection is tried again by itself.",
        ),
    ),
}
