"""Sentences about written requests for recusal."""

from web.sentences import Sentence

RECUSAL = {
    "recusal.not-now": Sentence(
        409,
        ("当前阶段（{state}）不受理回避申请。", "开标后、评分公布前可以提出；之后请走异议或投诉。"),
        (
            "At this stage ({state}) no request for recusal is taken.",
            "Ask after the opening and before the marks are published; later there are objection and complaint.",
        ),
    ),
    "recusal.whom": Sentence(
        422,
        ("没有写明申请谁回避，或超过 {most} 个字。", "请填写其完整姓名。"),
        ("Nobody is named, or the name is longer than {most} characters.", "Give the person's whole name."),
    ),
    "recusal.why": Sentence(
        422,
        ("没有写明理由，或超过 {most} 个字。", "请写明与哪个单位有何利害关系，并注明依据。"),
        (
            "The reasons are missing or longer than {most} characters.",
            "Say which interest with which body there is, and what shows it.",
        ),
    ),
    "recusal.twice": Sentence(
        409,
        ("本单位已于 {at} 提出内容相同的回避申请。", "无需重复提交；如有新的理由，请写明。"),
        ("Your body asked the same at {at}.", "There is nothing more to do; give further reasons if there are any."),
    ),
    "recusal.many": Sentence(
        409,
        ("本标段已提出 {most} 次回避申请。", "请等待监督部门处理。"),
        ("There are {most} requests of your body for this section already.", "Wait for the supervising body."),
    ),
    "recusal.unknown": Sentence(
        404,
        ("没有这份回避申请。", "请返回本标段的申请列表。"),
        ("There is no such request.", "Go back to the section's requests."),
    ),
    "recusal.decision": Sentence(
        422,
        ("没有选择处理结果。", "请选择“成立”或“不成立”。"),
        ("No decision was chosen.", "Choose grounded or not grounded."),
    ),
    "recusal.considered": Sentence(
        409,
        ("这份申请已于 {at} 处理。", "不能再次处理。"),
        ("This request was decided at {at}.", "It cannot be decided again."),
    ),
}

SENTENCES = RECUSAL
