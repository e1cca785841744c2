"""Sentences for the procuring side: registering and accepting projects, drafting, freezing, publishing."""

from web.sentences import Sentence

SENTENCES = {
    "money.too-large": Sentence(
        422,
        ("金额过大，平台只处理 {most} 元以下的金额。", "请核对是否多写了位数。"),
        ("The amount is too large; the platform handles amounts below {most} yuan.", "Check for digits too many."),
    ),
    "time.unreadable": Sentence(
        422,
        ("“{given}”不是可用的时间。", "请填写日期和时间，如 2026-11-23 09:30:00。"),
        ("“{given}” is not a time.", "Give date and time, such as 2026-11-23 09:30:00."),
    ),
    "project.name": Sentence(
        422,
        ("项目名称为空或超过 {longest} 个字。", "请填写项目名称。"),
        ("The project's name is empty or longer than {longest} signs.", "Give the project a name."),
    ),
    "project.mandate": Sentence(
        422,
        ("委托说明超过 {longest} 个字，或含有不能保存的字符。", "请缩短说明，详细内容放入委托合同。"),
        (
            "The note on the mandate is longer than {longest} signs, or has signs that cannot be stored.",
            "Shorten it; details belong in the agreement.",
        ),
    ),
    "project.category": Sentence(
        422,
        ("暂无适用于“{given}”的规则集。", "目前仅受理工程建设项目。"),
        ("There is no rule set for “{given}” yet.", "Only construction is taken in for now."),
    ),
    "project.body-unknown": Sentence(
        422,
        ("没有名称或统一社会信用代码为“{given}”的入库单位。", "请核对名称；未入库的单位须先办理主体入库。"),
        (
            "No registered body has the name or credit code “{given}”.",
            "Check it; a body that is not registered has to register first.",
        ),
    ),
    "project.body-several": Sentence(
        422,
        ("“{given}”对应多个单位：{names}。", "请填写全称或统一社会信用代码。"),
        ("“{given}” fits several bodies: {names}.", "Give the full name or the credit code."),
    ),
    "project.reasons": Sentence(
        422,
        ("退回须写明理由，不超过 {longest} 个字。", "请逐条写明缺什么、错在哪里。"),
        ("A project is returned with written reasons of at most {longest} signs.", "Say what is missing or wrong."),
    ),
    "project.not-accepted": Sentence(
        409,
        ("项目 {code} 尚未进场受理，不能新增标段。", "请等待交易中心受理，或按退回理由修改后重新提交。"),
        (
            "Project {code} has not been accepted yet; no section can be added.",
            "Wait for the centre, or mend what it returned the project for.",
        ),
    ),
    "section.title": Sentence(
        422,
        ("标段名称为空或超过 {longest} 个字。", "请填写标段名称。"),
        ("The section's title is empty or longer than {longest} signs.", "Give the section a title."),
    ),
    "section.ceiling": Sentence(
        422,
        ("最高投标限价须大于零（{given} 元）。", "请核对金额；不设限价则留空。"),
        ("A price ceiling is above zero ({given} yuan).", "Check the amount; leave it empty for no ceiling."),
    ),
    "section.suite": Sentence(
        422,
        ("不支持的密封算法套件：{suite}。", "请选择列出的套件之一。"),
        ("{suite} is no suite that bids can be sealed with here.", "Choose one of the suites listed."),
    ),
    "section.parts": Sentence(
        422,
        ("投标文件的组成部分不正确（{parts}）。", "开标一览表必选，其余只能是商务部分、技术部分和已标价工程量清单。"),
        (
            "These are no parts of a bid ({parts}).",
            "The opening form is always one; commercial, technical and a priced bill may be added.",
        ),
    ),
    "section.bill": Sentence(
        422,
        (
            "双信封招标不能另设已标价工程量清单部分：技术打分锁定前不得看到报价。",
            "请取消双信封，或不设清单部分（第二信封只装报价）。",
        ),
        (
            "A tender in two envelopes takes no priced bill: prices may not be seen before the technical marks are locked.",
            "Take one envelope, or leave the bill out (the second envelope holds the price alone).",
        ),
    ),
    "section.settled": Sentence(
        409,
        ("标段 {section} 的招标文件已经固化，不能再改。", "固化后以招标文件为准；如有重大错误，请另立标段重新招标。"),
        (
            "The document of section {section} is frozen and cannot be changed any more.",
            "What is frozen decides; if it is badly wrong, tender anew in another section.",
        ),
    ),
    "section.published": Sentence(
        409,
        ("标段 {section} 的公告已经发布。", "已发布的公告不能修改。"),
        ("The notice of section {section} is published already.", "What is published cannot be changed."),
    ),
    "section.without-document": Sentence(
        409,
        ("标段 {section} 的招标文件尚未固化。", "请先编制并固化招标文件。"),
        ("The document of section {section} is not frozen yet.", "Write it and freeze it first."),
    ),
    "award.action": Sentence(
        422,
        ("没有这一操作。", "请使用页面上的按钮。"),
        ("There is no such step.", "Use the buttons of the page."),
    ),
}
