"""Sentences for the milestones of a contract's performance."""

from web.sentences import Sentence

SENTENCES = {
    "milestone.no-contract": Sentence(
        409,
        ("标段 {section} 尚未登记合同。", "请先登记合同，再安排履约节点。"),
        ("Section {section} has no contract on record yet.", "Record the contract first."),
    ),
    "milestone.too-many": Sentence(
        409,
        ("履约节点最多 {most} 个。", "请合并较小的节点。"),
        ("A contract has at most {most} milestones.", "Put small ones together."),
    ),
    "milestone.title": Sentence(
        422,
        ("节点名称须填写，最多 {most} 字。", "请写明该节点的内容。"),
        ("A milestone needs a name of at most {most} characters.", "Say what it is about."),
    ),
    "milestone.kind": Sentence(
        422,
        ("没有这一类履约节点。", "请选择履行、验收或支付。"),
        ("There is no such kind of milestone.", "Choose performance, acceptance or payment."),
    ),
    "milestone.date": Sentence(
        422,
        ("节点日期不能早于合同签订日 {signed_on}。", "请选择合同签订之后的日期。"),
        ("A milestone is not due before the contract was signed ({signed_on}).", "Choose a later day."),
    ),
    "milestone.amount": Sentence(
        422,
        ("支付节点须填写金额；各期支付合计不得超过合同金额，尚余 {left} 元。", "请填写不超过余额的金额。"),
        (
            "A payment tells its amount; all of them are no more than the contract's, {left} CNY are left.",
            "Correct it.",
        ),
    ),
    "milestone.no-amount": Sentence(
        422,
        ("只有支付节点填写金额。", "请清空金额，或将类型改为支付。"),
        ("Only a payment has an amount.", "Leave it empty, or choose payment."),
    ),
    "milestone.unknown": Sentence(
        404,
        ("没有第 {number} 号履约节点。", "请返回合同页面。"),
        ("There is no milestone no. {number}.", "Go back to the contract's page."),
    ),
    "milestone.reached": Sentence(
        409,
        ("第 {number} 号履约节点已经登记完成。", "完成登记后不能更改。"),
        ("Milestone no. {number} was told to be reached already.", "That is not changed any more."),
    ),
    "milestone.done-date": Sentence(
        422,
        ("完成日期应在合同签订日 {signed_on} 与今天之间。", "请核对日期。"),
        ("It was reached between the contract's day ({signed_on}) and today.", "Check the date."),
    ),
    "milestone.words": Sentence(
        422,
        ("完成情况须填写，最多 {most} 字。", "请写明完成、验收或支付的情况。"),
        ("Say in at most {most} characters how it was reached.", "Write what was delivered, accepted or paid."),
    ),
}
