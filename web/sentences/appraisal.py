"""Sentences for ratings, events of TBR 71, sanctions and their hearing."""

from web.sentences import Sentence

RATINGS = {
    "rating.early": Sentence(
        409,
        ("打分尚未公布（{state}），现在不能评价评委。", "请在打分公布后评价。"),
        ("The marks are not published ({state}); nobody is rated yet.", "Rate the judges afterwards."),
    ),
    "rating.marks": Sentence(
        422,
        ("每个问题都要评 1 至 5 分。", "请补齐后再提交。"),
        ("Each question takes a mark from 1 to 5.", "Complete the form and send it again."),
    ),
    "rating.words": Sentence(
        422,
        ("说明最多 {most} 字。", "请缩短说明。"),
        ("The remark has at most {most} characters.", "Shorten it."),
    ),
    "rating.given": Sentence(
        409,
        ("贵单位已经评价过 {judge}。", "评价提交后不能更改。"),
        ("Your body has rated {judge}.", "A rating is given once."),
    ),
    "appraisal.kind": Sentence(
        422,
        ("没有这一种考核事项。", "请从列出的事项中选择。"),
        ("There is no such kind of event.", "Choose one of those listed."),
    ),
    "appraisal.account": Sentence(
        422,
        ("须写明经过，最多 {most} 字。", "请写明时间、地点和事实。"),
        ("An account of at most {most} characters is needed.", "Say when, where and what happened."),
    ),
    "appraisal.told": Sentence(
        409,
        ("{judge} 的这一事项已经报告。", "请等待监督部门核实。"),
        ("This was reported of {judge} already.", "Wait for the supervising body."),
    ),
    "appraisal.unknown": Sentence(
        404, ("没有这一事项。", "请返回列表。"), ("There is no such event.", "Go back to the list.")
    ),
    "appraisal.confirmed": Sentence(
        409,
        ("这一事项已于 {at} 核实。", "无需再次核实。"),
        ("This was confirmed at {at}.", "Nothing is left to do."),
    ),
}

SANCTIONS = {
    "sanction.unknown": Sentence(
        404, ("没有这一处理事项。", "请返回列表。"), ("There is no such sanction.", "Go back to the list.")
    ),
    "sanction.kind": Sentence(
        422,
        ("处理种类只有警告和暂停资格。", "请从列出的种类中选择。"),
        ("A sanction is a warning or a suspension.", "Choose one of those listed."),
    ),
    "sanction.reason": Sentence(
        422,
        ("须写明事由，最多 {most} 字。", "请写明事实和依据。"),
        ("A reason of at most {most} characters is needed.", "State the facts and the article."),
    ),
    "sanction.months": Sentence(
        422,
        ("暂停资格须为 1 至 {most} 个月；警告不填月数。", "请核对月数。"),
        ("A suspension lasts 1 to {most} months, a warning none.", "Check the number of months."),
    ),
    "sanction.short-notice": Sentence(
        422,
        ("听取陈述的时间不能早于 {earliest}。", "请给专家留足准备时间。"),
        ("The hearing cannot be held before {earliest}.", "Leave the expert the time that notice needs."),
    ),
    "sanction.running": Sentence(
        409,
        ("该专家另有处理事项正在进行。", "请先办结前一事项。"),
        ("Another sanction of this expert is under way.", "Settle that one first."),
    ),
    "sanction.until": Sentence(
        422,
        ("暂停资格须有截止时间，警告没有。", "请核对处理种类。"),
        ("A suspension has an end, a warning has none.", "Check the kind."),
    ),
    "hearing.early": Sentence(
        409,
        ("{held_from} 前不能记录陈述。", "请在通知的时间听取陈述。"),
        ("Nothing is heard before {held_from}.", "Hold the hearing at the time that was announced."),
    ),
    "hearing.words": Sentence(
        422,
        ("须写明内容，最多 {most} 字。", "请补充后再提交。"),
        ("Words of at most {most} characters are needed.", "Write them and send it again."),
    ),
    "hearing.same-person": Sentence(
        409,
        ("申诉不能由作出决定的人处理。", "请由监督部门另一名工作人员处理。"),
        ("Whoever decided does not settle the appeal.", "Let another person of the supervising body do it."),
    ),
}

SENTENCES = RATINGS | SANCTIONS
