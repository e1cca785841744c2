"""Refusals of invitations, of the meeting they call to, and of the gateways that carry them."""

from web.sentences import Sentence

SENTENCES = {
    "invitation.unknown": Sentence(
        404,
        ("没有这个答复码。", "请核对短信中的十二位字符；输错不要紧，可以再输一次。"),
        (
            "There is no such reply code.",
            "Compare it with the twelve letters and digits of the message; a slip does no harm, enter it again.",
        ),
    ),
    "invitation.over": Sentence(
        409,
        ("这份邀请已不能答复：期限已过，或者席位已由他人接替。", "您无须再做任何事；如有疑问，请致电服务热线。"),
        (
            "This invitation can be answered no more: its time is over, or the seat has gone to another.",
            "There is nothing left for you to do; if in doubt, call the service line.",
        ),
    ),
    "invitation.answered": Sentence(
        409,
        ("这份邀请已经答复，不能改成另一种答复。", "如情况有变，请致电服务热线。"),
        (
            "This invitation has been answered, and the answer cannot become another one.",
            "If things have changed, call the service line.",
        ),
    ),
    "invitation.kind": Sentence(
        422,
        ("没有说明不能参加的原因。", "请选择一项原因，再次提交。"),
        ("No reason is given.", "Choose a reason and send it once more."),
    ),
    "invitation.note": Sentence(
        422,
        ("说明过长，最多 {most} 个字。", "请写得短一些。"),
        ("The note is too long; it may have {most} characters.", "Write a shorter one."),
    ),
    "invitation.too-many": Sentence(
        429,
        ("答复码输错的次数过多。", "请在 {seconds} 秒后再试；短信中的链接会自动填入答复码。"),
        (
            "Too many wrong reply codes.",
            "Try again in {seconds} seconds; the link in the message fills in the code by itself.",
        ),
    ),
    "meeting.past": Sentence(
        422,
        ("集合时间已过。", "请填写将来的时间。"),
        ("The time to meet has passed.", "Enter a time to come."),
    ),
    "meeting.time": Sentence(
        422,
        ("无法识别集合时间“{given}”。", "请按 2026-11-23T09:00 的形式填写平台时间（UTC+8）。"),
        ("“{given}” is no time.", "Write platform time (UTC+8) as 2026-11-23T09:00."),
    ),
    "meeting.window": Sentence(
        422,
        ("答复期限应为 1 至 {most} 分钟。", "请填写整数分钟。"),
        ("The time to answer is 1 to {most} minutes.", "Enter whole minutes."),
    ),
    "meeting.place": Sentence(
        422,
        ("没有填写集合地点，或者超过 {most} 个字。", "请填写楼宇和接待台，不要写评标室。"),
        (
            "The place to meet is missing or longer than {most} characters.",
            "Enter the building and the desk, not the room.",
        ),
    ),
    "meeting.place-line": Sentence(
        422,
        (
            "远程席位第 {line} 行“{given}”无法识别。",
            "每行先写席位数，空一格，再写楼宇和接待台，例如“2 北岸政务中心一楼签到台”。",
        ),
        (
            "Line {line} of the remote seats, “{given}”, cannot be read.",
            "Write how many seats, a blank, then building and desk: “2 North Hall, ground floor desk”.",
        ),
    ),
    "meeting.places": Sentence(
        422,
        ("写了 {given} 个地点，最多 {most} 个。", "请合并或减少地点。"),
        ("{given} places are more than the {most} there may be.", "Enter fewer places."),
    ),
    "meeting.place-twice": Sentence(
        422,
        ("地点“{place}”写了两次，或者就是主会场。", "每个地点只写一行，主会场不必再写。"),
        ("“{place}” stands twice, or is the main place.", "Enter each place once; the main place needs no line."),
    ),
    "meeting.place-seats": Sentence(
        422,
        ("地点“{place}”没有席位。", "席位数至少为 1；不用的地点请删去该行。"),
        ("“{place}” has no seat.", "Enter 1 at least, or take the line away."),
    ),
    "meeting.seats": Sentence(
        422,
        ("远程席位 {away} 个，抽取专家 {experts} 名：主会场至少要留一席。", "请减少远程席位。"),
        ("{away} remote seats for {experts} experts leave none at the main place.", "Enter fewer remote seats."),
    ),
    "meeting.told": Sentence(
        409,
        ("邀请已经发出，集合时间和地点不能再改。", "如必须更改，请由监督部门准许重新抽取。"),
        (
            "Invitations have gone out; time and place cannot change any more.",
            "If they must, ask the supervising body for another draw.",
        ),
    ),
    "gateway.signature": Sentence(
        403,
        ("送达回执的签名不符。", "请核对两端使用的网关密钥是否相同。"),
        ("The signature of this delivery report is wrong.", "Compare the gateway's secret on both sides."),
    ),
    "gateway.report": Sentence(
        422,
        ("无法识别送达回执。", "请按 docs/formats 的说明发送 ref 和 state。"),
        ("The delivery report cannot be read.", "Send `ref` and `state` as docs/formats says."),
    ),
    "settings.bad-gateway-url": Sentence(
        500,
        ("OPENHALL_SMS_URL 或 OPENHALL_VOICE_URL 无法识别：{why}。", "请写成 https://:SECRET@host/path 的形式。"),
        (
            "OPENHALL_SMS_URL or OPENHALL_VOICE_URL cannot be read: {why}.",
            "Write it as https://:SECRET@host/path.",
        ),
    ),
}
