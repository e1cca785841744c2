"""Sentences for refusals of registration, mandates and the review of both."""

from web.sentences import Sentence

SENTENCES = {
    "registration.known": Sentence(
        409,
        ("该统一社会信用代码已经登记。", "请由该单位的授权代表添加您，或联系交易中心核实；平台不透露其授权代表。"),
        (
            "This credit code is registered already.",
            "Ask the organisation's own authorised person to add you, or ask the trading centre; we do not tell who it is.",
        ),
    ),
    "registration.centre": Sentence(
        422,
        ("请选择受理的交易中心。", "请从列表中选择；列表为空时请联系平台运营方。"),
        ("Choose the trading centre that reviews.", "Take one from the list; if it is empty, ask the operator."),
    ),
    "registration.consent": Sentence(
        422,
        ("尚未勾选真实性承诺。", "请阅读并勾选后再提交。"),
        ("You have not confirmed that what you state is true.", "Read it, tick it and hand in again."),
    ),
    "registration.text": Sentence(
        422,
        ("此处不能为空，且不超过 {longest} 个字符。", "请按证照填写。"),
        ("This must not be empty, nor longer than {longest} characters.", "Write it as the document says."),
    ),
    "registration.phone": Sentence(
        422,
        ("电话号码格式不正确。", "请只用数字和 + ( ) / - 填写，5 至 40 个字符。"),
        ("This is no telephone number.", "Use digits and + ( ) / - only, 5 to 40 characters."),
    ),
    "registration.email": Sentence(
        422,
        ("电子邮箱格式不正确。", "请按 name@example.org 的形式填写，或留空。"),
        ("This is no e-mail address.", "Write it like name@example.org, or leave it empty."),
    ),
    "registration.kinds": Sentence(
        422,
        ("没有选择角色。", "请至少选择投标人、招标人、招标代理中的一种。"),
        ("No role was chosen.", "Choose at least one of bidder, procuring entity and procurement agent."),
    ),
    "registration.kind-kept": Sentence(
        409,
        ("已取得的角色不能通过变更放弃。", "请保留原有角色；确需注销请联系交易中心。"),
        ("A role that is held cannot be given up by a change.", "Keep it ticked; ask the trading centre to end it."),
    ),
    "registration.day": Sentence(
        422,
        ("“{day}”不是有效日期。", "请按 年-月-日 填写，例如 2027-06-30。"),
        ("“{day}” is no date.", "Write it as year-month-day, such as 2027-06-30."),
    ),
    "registration.licence": Sentence(
        422,
        ("这一行资质没有填完整。", "请填写名称、编号和有效期，或清空整行。"),
        ("This row of licences is incomplete.", "Give name, number and last day, or empty the row."),
    ),
    "registration.licence-over": Sentence(
        422,
        ("资质“{name}”已于 {day} 到期。", "请填写仍然有效的资质，或清空这一行。"),
        ("The licence “{name}” ran out on {day}.", "Give one that is still valid, or empty the row."),
    ),
    "registration.licences": Sentence(
        422,
        ("资质最多填写 {most} 项。", "请保留主要资质。"),
        ("At most {most} licences can be given.", "Keep those that matter most."),
    ),
    "registration.code-fixed": Sentence(
        409,
        ("统一社会信用代码不能变更（{credit_code}）。", "代码不同即为另一单位，请另行申请登记。"),
        (
            "The credit code {credit_code} cannot be changed.",
            "Another code is another organisation: let it apply for itself.",
        ),
    ),
    "registration.pending": Sentence(
        409,
        ("已有一个版本正在审核。", "请等待审核结果，或先撤回该版本。"),
        ("A version is under review already.", "Wait for the answer, or take that version back first."),
    ),
    "registration.none-pending": Sentence(
        409,
        ("没有正在审核的版本。", "请刷新页面查看最新状态。"),
        ("No version is under review.", "Reload the page to see where it stands."),
    ),
    "registration.no-body": Sentence(
        404,
        ("您的账号没有所属单位，也没有申请。", "单位人员请切换到代表单位的身份；新单位请先申请登记。"),
        (
            "Your account belongs to no organisation and has applied for none.",
            "Switch to the role in which you act for one, or apply for registration.",
        ),
    ),
    "registration.unknown": Sentence(
        404,
        ("没有这份登记申请。", "请从审核列表中打开。"),
        ("There is no such application.", "Open it from the list of registrations."),
    ),
    "registration.own-body": Sentence(
        409,
        ("您与该单位有关联，不能审核其登记。", "请由另一位工作人员审核。"),
        ("You belong to this organisation and cannot review it.", "Let a colleague review it."),
    ),
    "registration.no-reason": Sentence(
        422,
        ("退回须写明理由。", "请在有问题的项目下填写理由，至少一项。"),
        ("A return needs a reason.", "Write one at each field that cannot stand, at least one."),
    ),
    "mandate.until": Sentence(
        422,
        ("授权期限 {day} 不在今天起五年以内。", "请填写授权书载明的截止日。"),
        ("The mandate's last day {day} is not within five years from today.", "Give the last day the mandate names."),
    ),
    "mandate.role": Sentence(
        422,
        ("本单位没有这一角色。", "请从本单位已登记的角色中选择。"),
        ("The organisation does not hold this role.", "Choose one of the roles it is registered for."),
    ),
    "mandate.own": Sentence(
        409,
        ("不能延长自己的授权。", "请由另一位授权代表延长，或提交资料变更由中心审核。"),
        (
            "You cannot extend your own mandate.",
            "Let another authorised person do it, or hand in a change of the profile for review.",
        ),
    ),
    "mandate.last": Sentence(
        409,
        ("这是本单位最后一位有效的授权代表，不能终止。", "请先授权另一位人员。"),
        ("This is the last person who may act for the organisation.", "Authorise another person first."),
    ),
    "mandate.unknown": Sentence(
        404,
        ("没有这项授权。", "请从单位资料页打开。"),
        ("There is no such mandate.", "Open it from the company profile."),
    ),
    "membership.over": Sentence(
        403,
        ("这个身份（{role}）的授权已到期或终止。", "请由本单位其他授权代表延长，或提交资料变更由中心审核。"),
        (
            "The mandate for this role “{role}” has run out or was ended.",
            "Let another authorised person extend it, or hand in a change of the profile for review.",
        ),
    ),
}
