"""Sentences for the calendar, the rule sets, a notice's periods, publicity and award."""

from web.sentences import Sentence

SENTENCES = {
    "calendar.year-missing": Sentence(
        409,
        ("{year} 年的节假日及调休安排尚未公布或未导入。", "请在国务院公布该年安排后更新日历，再计算期限。"),
        (
            "The holidays and make-up days of {year} are not published or not installed.",
            "Update the calendar once that year's table is published, then compute the period.",
        ),
    ),
    "regime.none": Sentence(
        409,
        ("{day} 在地区 {region} 没有适用于 {kind} 的规则集。", "请确认日期，或由管理员导入该时期的规则集。"),
        (
            "No rule set for {kind} was in force in region {region} on {day}.",
            "Check the date, or let an administrator install the rule set of that time.",
        ),
    ),
    "regime.unknown": Sentence(
        409,
        ("未知的规则集“{regime}”。", "请使用本系统已登记的规则集。"),
        ("The rule set “{regime}” is unknown.", "Use a rule set that this installation has."),
    ),
    "regime.demo-only": Sentence(
        409,
        ("规则集“{regime}”仅用于演示，当前模式为“{mode}”。", "请采用现行法定规则集，或以演示模式运行。"),
        (
            "The rule set “{regime}” is for demonstrations; this installation runs in mode “{mode}”.",
            "Use the rule set in force, or run in mode demo.",
        ),
    ),
    "notice.field-missing": Sentence(
        422,
        ("招标公告缺少必备内容：{fields}。", "请补充后再发布。"),
        ("The tender notice lacks required contents: {fields}.", "Fill them in, then publish."),
    ),
    "notice.sale-too-short": Sentence(
        422,
        (
            "招标文件发售期不足：法定不少于 {needed} 日，尚差 {short_by} 日（{source} {mark}）。",
            "发售截止时间请不早于 {earliest}。",
        ),
        (
            "The sale of documents is too short by {short_by:day|days}: at least {needed:day|days} ({source} {mark}).",
            "Let it end no earlier than {earliest}.",
        ),
    ),
    "notice.deadline-too-early": Sentence(
        422,
        (
            "投标截止时间过早：自招标文件发出起不少于 {needed} 日，尚差 {short_by} 日（{source} {mark}）。",
            "投标截止时间请不早于 {earliest}。",
        ),
        (
            "The submission period is too short by {short_by:day|days}: at least {needed:day|days} ({source} {mark}).",
            "Set the deadline no earlier than {earliest}.",
        ),
    ),
    "notice.sale-after-deadline": Sentence(
        422,
        ("发售截止时间 {sale_ends} 晚于投标截止时间 {deadline}。", "请提前发售截止时间或推迟投标截止时间。"),
        (
            "Documents would be sold until {sale_ends}, after the deadline {deadline}.",
            "End the sale earlier or set the deadline later.",
        ),
    ),
    "publicity.too-short": Sentence(
        422,
        (
            "公示期不足：不少于 {needed} 日，尚差 {short_by} 日（{source} {mark}）。",
            "公示结束时间请不早于 {earliest}。",
        ),
        (
            "The publicity period is too short by {short_by:day|days}: at least {needed:day|days} ({source} {mark}).",
            "Let it end no earlier than {earliest}.",
        ),
    ),
    "award.publicity-running": Sentence(
        409,
        ("公示期至 {ends} 结束，尚未届满。", "请在公示期届满后确定中标人。"),
        ("The publicity period runs until {ends}.", "Determine the winner after it has ended."),
    ),
    "award.objection-open": Sentence(
        409,
        ("尚有 {count} 项异议未答复，招标投标活动暂停。", "请先答复全部异议。"),
        ("Unanswered objections: {count}. The tender is suspended until they are answered.", "Answer them all first."),
    ),
    "award.objection-upheld": Sentence(
        409,
        ("第 {number} 号异议成立，现有评标结果不能作为定标依据。", "请会同行政监督部门依法纠正评标结果。"),
        (
            "Objection no. {number} was upheld: the result cannot stand as it is.",
            "Have the result corrected together with the supervising body.",
        ),
    ),
    "result-objection.closed": Sentence(
        409,
        ("现在不能对评标结果提出异议：异议应当在中标候选人公示期内提出。", "公示期满后，可以依法向行政监督部门投诉。"),
        (
            "No objection to the result is taken now: it is raised while the candidates stand in publicity.",
            "After that a complaint may be made to the supervising body.",
        ),
    ),
    "result-objection.text": Sentence(
        422,
        ("异议的内容须填写，不超过 {most} 字。", "请写明异议事项、事实和请求。"),
        (
            "What is objected to has to be written, in at most {most} characters.",
            "Tell matter, facts and what you ask for.",
        ),
    ),
    "result-objection.waiting": Sentence(
        409,
        ("贵单位的第 {number} 号异议尚未答复。", "请等待答复，或者撤回后重新提出。"),
        (
            "Objection no. {number} of your body is not answered yet.",
            "Wait for the answer, or take it back and object anew.",
        ),
    ),
    "result-objection.answer": Sentence(
        422,
        ("答复须填写，不超过 {most} 字。", "请写明答复意见和理由。"),
        ("The answer has to be written, in at most {most} characters.", "Give the answer and its reasons."),
    ),
    "result-objection.outcome": Sentence(
        422,
        ("请选择异议成立或者不成立。", "选择后再发出答复。"),
        ("Say whether the objection is upheld.", "Choose, then send the answer."),
    ),
    "result-objection.unknown": Sentence(
        404,
        ("没有第 {number} 号异议，或者不属于贵单位。", "请从本标段的异议页面进入。"),
        ("There is no objection no. {number}, or it is not yours.", "Start from the section's page of objections."),
    ),
}
