"""Sentences for slips, the door of the evaluation room, marks before the lock, the leader, and a bid's files."""

from web.sentences import Sentence

DOOR = {
    "seat.none": Sentence(
        404, ("没有第 {number} 号席位。", "请核对席位号。"), ("There is no seat {number}.", "Check the number.")
    ),
    "seat.vacant": Sentence(
        409,
        ("{judge} 的席位空缺，没有签到码。", "请由监督部门准许再次抽取。"),
        ("The seat of {judge} is vacant and has no slip.", "Let the supervising body allow another draw."),
    ),
    "seat.undeclared": Sentence(
        422,
        ("还有当事人没有作出回避声明。", "请逐一选择“无需回避”或“应当回避”。"),
        ("Some parties are not answered yet.", "Say for each whether you must step aside."),
    ),
    "seat.unsure": Sentence(
        422,
        ("尚未确认申报回避的后果。", "请勾选确认后再提交；无需回避的，请返回声明。"),
        ("What the declaration means is not confirmed.", "Tick the box, or go back if there is no conflict."),
    ),
    "seat.no-key": Sentence(
        422,
        ("没有收到席位密钥的签名。", "请在允许脚本运行的浏览器、您签到的那台机器上操作。"),
        (
            "There is no signature by the seat's key.",
            "Use a browser that runs scripts, on the machine where you took the seat.",
        ),
    ),
    "seat.challenge": Sentence(
        409,
        ("这次返回请求已经用过或已过时。", "请重新输入签到码。"),
        ("This way back was used already or is out of date.", "Enter the code once more."),
    ),
    "seat.elsewhere": Sentence(
        409,
        (
            "{judge} 的席位是在另一台机器上签到的。",
            "请回到那台机器，或请中心补打新的签到码；旧码、旧密钥随即失效，已保存的打分保留。",
        ),
        (
            "The seat of {judge} was taken on another machine.",
            "Go back to it, or let the centre print a new slip; the old code and key are dead then, saved marks stay.",
        ),
    ),
    "slip.printed": Sentence(
        409,
        ("{judge} 的签到码已经打印过。", "纸条遗失的，请写明理由补打新码，旧码随即失效。"),
        ("The slip of {judge} has been printed.", "If it is lost, print a new one for a reason; the old code dies."),
    ),
    "slip.none": Sentence(
        409,
        ("没有待打印的签到码。", "纸条遗失的，请写明理由补打新码。"),
        ("No slip waits to be printed.", "If one is lost, print a new one for a reason."),
    ),
    "slip.reason": Sentence(
        422,
        ("补打签到码须写明理由，最多 {most} 字。", "请写明为何需要新的签到码。"),
        ("A new slip needs a written reason of at most {most} characters.", "Say why it is needed."),
    ),
    "sign-in.time": Sentence(
        422,
        ("“{given}”不是有效的时间。", "请按 2026-11-23T09:00 的格式填写，以平台时间（UTC+8）为准。"),
        ("“{given}” is no point in time.", "Write it as 2026-11-23T09:00, in the platform's time (UTC+8)."),
    ),
    "redraw.no-key": Sentence(
        422,
        ("没有收到监督部门密钥的签名。", "请在“账号与密钥”中为本浏览器开通签名密钥，再签署理由。"),
        ("There is no signature by the supervising body's key.", "Make a key under “Account and keys”, then sign."),
    ),
    "panel.number": Sentence(
        422,
        ("“{given}”不是 0 到 99 的整数。", "请填写每个专业的候补人数。"),
        ("“{given}” is no whole number from 0 to 99.", "Say how many alternates each profession needs."),
    ),
    "panel.pool": Sentence(
        409,
        ("排除应回避单位后，专家库人数不足。", "请减少人数、调整专业或减少回避单位。"),
        (
            "The pool does not suffice once everybody is avoided who has to be.",
            "Ask for fewer judges, for other professions, or avoid fewer bodies.",
        ),
    ),
}

BENCH = {
    "marks.too-long": Sentence(
        422,
        ("打分超过 {most} 个字符。", "请按评分步长填写。"),
        ("The mark is longer than {most} characters.", "Give it in the steps of the method."),
    ),
    "marks.moved-on": Sentence(
        409,
        ("有打分在另一个窗口中已改动或尚未保存，没有锁定。", "请核对下表后再锁定。"),
        (
            "A mark has changed in another tab or is not saved yet; nothing was locked.",
            "Check the table below and lock again.",
        ),
    ),
    "paper.unknown": Sentence(
        404,
        ("没有可供查阅的文件“{part}”。", "评委只能查阅本标段已核验的投标文件。"),
        ("There is no file “{part}” to read.", "Judges read the checked files of their own section."),
    ),
    "paper.range": Sentence(
        416,
        ("请求的范围超出文件，文件共 {size} 字节。", "请重新打开文件。"),
        ("The range asked for lies outside the file of {size} bytes.", "Open the file again."),
    ),
}

LEADER = {
    "leader.not-open": Sentence(
        409,
        ("当前阶段（{state}）不能推选组长。", "请等待全部评委签到。"),
        ("No leader is elected now ({state}).", "Wait until every judge is seated."),
    ),
    "leader.elected": Sentence(
        409,
        ("{judge} 已被推选为组长。", "无需再投票。"),
        ("{judge} has been elected already.", "There is nothing left to vote on."),
    ),
    "leader.round": Sentence(
        409,
        ("现在是第 {round} 轮投票。", "请查看本轮候选席位后再投票。"),
        ("This is round {round} now.", "See who stands in it and vote again."),
    ),
    "leader.voted": Sentence(
        409,
        ("您在第 {round} 轮已经投过票。", "请等待其他评委。"),
        ("You have voted in round {round} already.", "Wait for the others."),
    ),
    "leader.candidate": Sentence(
        422,
        ("席位 {number} 不是本轮候选。", "请从列出的席位中选择。"),
        ("Seat {number} does not stand in this round.", "Choose one of those listed."),
    ),
}

SENTENCES = DOOR | BENCH | LEADER
