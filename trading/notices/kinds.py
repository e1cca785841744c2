"""What kinds of notices and of trades there are."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice tells (招标公告, 变更公告, 候选人公示, 中标结果公告, 流标公告, 终止公告, 合同公告, 平台公告)."""

    TENDER = "tender-notice"
    AMENDMENT = "amendment"
    CANDIDATES = "candidates"
    AWARD = "award"
    FAILED = "failed"
    TERMINATED = "terminated"
    CONTRACT = "contract"
    PLATFORM = "platform"


class Category(StrEnum):
    """The kind of trade (工程建设, 政府采购, 土地使用权, 产权, 其他)."""

    CONSTRUCTION = "construction"
    PROCUREMENT = "procurement"
    LAND = "land"
    PROPERTY = "property"
    OTHER = "other"
