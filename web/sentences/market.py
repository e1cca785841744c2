"""Sentences for ratings and selections of the marketplace."""

from web.sentences import Sentence

SENTENCES = {
    "catalogue.columns": Sentence(
        422,
        ("事项清单的表头不对。", "表头应为：{columns}。"),
        ("The catalogue's header is another.", "It must be: {columns}."),
    ),
    "catalogue.row": Sentence(
        422,
        ("事项清单第 {line} 行的 {field} 不对。", "请修改该行后重新导入，其余各行不受影响。"),
        ("Line {line} of the catalogue has a wrong {field}.", "Mend the line and import again; nothing was entered."),
    ),
    "catalogue.unknown": Sentence(
        404,
        ("事项清单中没有 {code}。", "请从清单中选择。"),
        ("The catalogue has no item {code}.", "Choose one from the catalogue."),
    ),
    "agency.facts": Sentence(
        422,
        ("成立年份、从业人数或承接上限不对。", "请核对后重新填写。"),
        ("The year, the number of practitioners or the capacity is wrong.", "Check them and enter them again."),
    ),
    "agency.known": Sentence(
        409,
        ("“{name}”已经入驻。", "请修改已有的登记。"),
        ("“{name}” is admitted already.", "Change its entry."),
    ),
    "agency.unknown": Sentence(
        404,
        ("没有这家中介机构（{id}）。", "请从机构目录中选择。"),
        ("There is no such agency ({id}).", "Choose one from the directory."),
    ),
    "agency.offer": Sentence(
        422,
        ("事项 {code} 的承诺时限或价格不对。", "时限须在 1 至 {days} 个工作日之间，价格须大于零。"),
        ("Days or price offered for {code} are wrong.", "Between 1 and {days} working days, and a price above zero."),
    ),
    "agency.qualification": Sentence(
        422,
        ("事项 {code} 需要有效资质：{qualification}。", "请填写有效期内的资质。"),
        ("Item {code} asks for a valid qualification: {qualification}.", "Enter one that has not run out."),
    ),
    "agency.inspection": Sentence(
        422,
        ("联合检查得分应在 0 至 100 之间。", "请修改得分。"),
        ("The mark of an inspection lies between 0 and 100.", "Change the mark."),
    ),
    "agency.points": Sentence(
        422,
        ("扣分应在 {least} 至 {most} 分之间。", "请按事件等级填写。"),
        ("The deduction lies between {least} and {most} points.", "Enter one that fits the gravity."),
    ),
    "agency.term": Sentence(
        422,
        ("公示期不在允许范围内。", "须晚于现在，且不超过 {days} 天。"),
        ("The term is not allowed.", "It ends after now and within {days} days."),
    ),
    "agency.words": Sentence(
        422,
        ("没有写明扣分事由，或超过 {longest} 字。", "请写明事由。"),
        ("The reason is missing or longer than {longest} signs.", "Write the reason."),
    ),
    "market-contract.facts": Sentence(
        422,
        ("第 {place} 份合同的 {field} 不对。", "请修改后重新导入，其余合同均未录入。"),
        ("Contract {place} has a wrong {field}.", "Mend it and import again; none was entered."),
    ),
    "compare.count": Sentence(
        422,
        ("比较 {least} 至 {most} 家机构，选择了 {given} 家。", "请回到目录重新勾选。"),
        ("{least} to {most} agencies are compared; {given} were chosen.", "Go back to the directory and tick others."),
    ),
    "rating.unknown": Sentence(
        404,
        ("没有第 {number} 次评级的记录。", "请从机构页面下载。"),
        ("There is no rating {number} on record.", "Take it from the agency's page."),
    ),
    "rating.owner": Sentence(
        422,
        ("合同没有写明业主组。", "请为每份合同填写业主组编号。"),
        ("A contract names no owner group.", "Give every contract the id of its owner group."),
    ),
    "rating.weights": Sentence(
        422,
        ("权重应有 {needed} 个，给出了 {given} 个。", "依次填写 O、D、T、F 与联合检查的权重。"),
        ("There must be {needed} weights; {given} are given.", "Give those of O, D, T, F and the inspection."),
    ),
    "rating.weights-sum": Sentence(
        422,
        ("权重之和为 {sum}，应为 1。", "请修改权重。"),
        ("The weights add up to {sum} instead of 1.", "Change the weights."),
    ),
    "rating.not-positive": Sentence(
        422,
        ("公式参数不能为零。", "请填写大于零的数。"),
        ("A parameter of the formula is zero.", "Give a number above zero."),
    ),
    "selection.agency": Sentence(
        422,
        ("中介机构编号为空。", "请填写机构编号。"),
        ("An agency has no id.", "Give every agency its id."),
    ),
    "selection.quote": Sentence(
        422,
        ("报价 {value} 不大于零。", "请填写大于零的报价。"),
        ("The quote {value} is not above zero.", "Give a price above zero."),
    ),
    "selection.weights": Sentence(
        422,
        ("评分项权重之和为 {sum}，应为 100。", "请修改权重。"),
        ("The criteria's weights add up to {sum} instead of 100.", "Change the weights."),
    ),
    "selection.judges": Sentence(
        422,
        ("评分人数为 {judges}，与选取方式不符。", "方案择优至少一人，询比恰好一人。"),
        (
            "{judges} judges do not fit the mode.",
            "A scored selection has one at least, a request for quotation exactly one.",
        ),
    ),
    "selection.agencies-differ": Sentence(
        422,
        ("各评分人所评的机构不一致。", "每位评分人须给每家机构打分。"),
        ("The judges have not marked the same agencies.", "Every judge marks every agency."),
    ),
    "selection.slots": Sentence(
        422,
        ("号码 {slots} 个，少于入围机构 {agencies} 家。", "号码数不得少于入围机构数。"),
        (
            "{slots} lottery numbers are fewer than the {agencies} agencies on the long list.",
            "Give one at least to each.",
        ),
    ),
    "selection.draw-missing": Sentence(
        422,
        ("{tied} 并列，但没有摇号记录。", "请附上对并列机构的摇号记录。"),
        ("{tied} are tied, and there is no draw.", "Give the draw among the tied agencies."),
    ),
    "selection.draw-pool": Sentence(
        422,
        ("摇号名单与应参加的机构不符。", "名单须恰为并列（或入围）机构，号码数与规则一致。"),
        (
            "The draw's pool is not of the agencies that take part.",
            "It must hold exactly those that are tied or listed.",
        ),
    ),
    "selection.draw-unused": Sentence(
        422,
        ("没有并列，摇号记录无用。", "请去掉摇号记录。"),
        ("Nobody is tied: the draw settles nothing.", "Leave the draw out."),
    ),
}
