"""Sentences for the door of an evaluation, the signed list of names, and fees."""

from web.sentences import Sentence

DOOR = {
    "check-in.refused": Sentence(
        403,
        (
            "答复码与身份证件不相符，或者现在不能签到。",
            "请核对短信中的答复码、本人身份证件和到场时间；连续五次不符，该答复码将锁定十分钟。",
        ),
        (
            "The reply code and the identity card do not belong together, or nobody checks in now.",
            "Compare the code of the message, the person's own card and the time; five refusals lock the code "
            "for ten minutes.",
        ),
    ),
    "check-in.locked": Sentence(
        429,
        ("这个答复码已锁定，{until} 前不能签到。", "请核对身份，等锁定结束后再试。"),
        ("This code is locked until {until}.", "Verify who it is, and try again afterwards."),
    ),
    "check-in.done": Sentence(
        409,
        ("{judge} 今天已经签到。", "请打印签到码；离场时请办理签退。"),
        ("{judge} has checked in today.", "Print the slip; sign out when leaving."),
    ),
    "check-in.locker": Sentence(
        422,
        ("手机柜号只能是最多 12 位的字母、数字和短横。", "请照柜门上的编号填写；没有上交设备的，请留空。"),
        (
            "A locker's number is at most 12 letters, digits and hyphens.",
            "Write it as it stands on the door; leave it empty if nothing was handed in.",
        ),
    ),
    "check-in.commitment": Sentence(
        422,
        ("尚未确认专家已阅读并承诺。", "请由专家本人阅读承诺书，同意后勾选。"),
        ("The expert's commitment is not confirmed.", "Let the expert read it, and tick the box once agreed."),
    ),
    "seat.not-checked-in": Sentence(
        409,
        ("{judge} 尚未在签到台核验身份。", "请先办理签到，再打印签到码。"),
        ("{judge} has not checked in at the door.", "Check the expert in first, then print the slip."),
    ),
    "sign-out.nobody": Sentence(
        409,
        ("{judge} 没有在场的记录。", "请核对席位号；已签退的无需再次办理。"),
        ("Nobody of {judge} is here.", "Check the seat; whoever has signed out need not do so again."),
    ),
}

LIST = {
    "list.waiting": Sentence(
        409,
        ("还有席位没有签到，名单尚未完整。", "请等待全部评委签到或替补，再签署名单。"),
        ("Not every seat has signed in; the list is not whole.", "Wait until every judge is seated or replaced."),
    ),
    "list.early": Sentence(
        409,
        ("评审当天才能解密名单。", "请在评审当天签署。"),
        ("The list is unlocked on the day of the evaluation only.", "Sign it on that day."),
    ),
    "list.changed": Sentence(
        409,
        ("名单在您查看之后有变化。", "请核对新的指纹后重新签署。"),
        ("The seats have changed since you looked.", "Check the new hash and sign again."),
    ),
    "list.signed": Sentence(
        409,
        ("贵方已于 {at} 签署这份名单。", "请等待另一方签署。"),
        ("Your side signed this list at {at}.", "Wait for the other signature."),
    ),
    "list.no-key": Sentence(
        422,
        ("没有收到您的密钥的签名。", "请在“账号与密钥”中为本浏览器开通签名密钥，再签署名单。"),
        ("There is no signature by your key.", "Make a key under “Account and keys”, then sign."),
    ),
    "list.locked": Sentence(
        409,
        ("名单尚未解密。", "请等待中心与监督部门双方签署。"),
        ("The list is not unlocked.", "Wait for the signatures of the centre and the supervising body."),
    ),
}

FEES = {
    "rate.amount": Sentence(
        422,
        ("费用标准不在允许范围内。", "请按小时或半天填写金额，不超过 100000 元；没有交通补贴的填 0。"),
        ("The rate is outside what is allowed.", "Give an amount for an hour or half a day, at most 100,000 yuan."),
    ),
    "rate.source": Sentence(
        422,
        ("费用标准须注明依据，最多 {most} 字。", "请填写文件名称和文号。"),
        ("A rate names its source in at most {most} characters.", "Write the title and number of the document."),
    ),
    "rate.day": Sentence(
        422,
        ("“{given}”不是有效的日期。", "请按 2026-11-23 的格式填写。"),
        ("“{given}” is no day.", "Write it as 2026-11-23."),
    ),
    "rate.past": Sentence(
        422,
        ("{day} 以后已有费用结算。", "请从今天或以后起执行新标准，已结算的费用不再变动。"),
        ("Fees have been settled since {day}.", "Let the rate begin today or later; what is settled does not change."),
    ),
    "rate.known": Sentence(
        409,
        ("{day} 起执行的标准已经登记。", "请另选日期；登记后不能修改。"),
        ("There is a rate from {day} on.", "Choose another day; a rate is never changed."),
    ),
    "fees.early": Sentence(
        409,
        ("评审尚未结束（{state}），不能结算费用。", "请在打分公布后结算。"),
        ("The evaluation is not over ({state}).", "Settle the fees once the marks are published."),
    ),
    "fees.open": Sentence(
        409,
        ("{judges} 尚未签退。", "请先办理签退，再结算费用。"),
        ("{judges} have not signed out.", "Sign them out first."),
    ),
    "fees.none": Sentence(
        409,
        ("没有待结算的费用。", "没有到场记录，或者已全部结算。"),
        ("Nothing waits to be settled.", "Nobody attended, or all of it is settled."),
    ),
    "fees.no-tax-table": Sentence(
        409,
        ("{day} 没有适用的税率表。", "劳务报酬预扣率表自 2019-01-01 起施行；请核对日期。"),
        ("No table of tax was in force on {day}.", "The first one begins on 2019-01-01; check the date."),
    ),
    "fees.rate": Sentence(
        409,
        ("{day} 没有适用的费用标准。", "请先在“评审费用”登记标准。"),
        ("No rate was in force on {day}.", "Enter one under “Fees of judges” first."),
    ),
    "fees.period": Sentence(
        422,
        ("结束日期 {last} 早于开始日期 {first}。", "请把较早的日期填在前面。"),
        ("The last day {last} is before the first day {first}.", "Put the earlier day first."),
    ),
    "fees.too-many": Sentence(
        422,
        ("超过 {most} 条记录。", "请缩短时间范围。"),
        ("These are more than {most} lines.", "Ask for a shorter time."),
    ),
}

SENTENCES = DOOR | LIST | FEES
