"""Sentences about lotteries with a public pool."""

from web.sentences import Sentence

WRITING = {
    "lottery.text": Sentence(
        422,
        ("请写明抽签事项及依据，各不超过 {most} 个字符。", "填写后重新提交。"),
        ("Subject and basis must be written, at most {most} characters each.", "Fill them in and send again."),
    ),
    "lottery.places": Sentence(
        422,
        (
            "{entries} 家参加，不能抽取 {places} 家并候补 {waiting} 家。",
            "至少两家参加，至少抽取一家；抽取数与候补数之和不得超过参加者数。",
        ),
        (
            "{places} places and {waiting} waiting cannot be drawn of {entries} entries.",
            "At least two take part and at least one is drawn; places and waiting together are at most as many as take part.",
        ),
    ),
    "lottery.number": Sentence(
        422,
        ("抽取数与候补数须为整数。", "请填写整数，例如 3。"),
        ("Places and waiting must be whole numbers.", "Write a whole number such as 3."),
    ),
    "lottery.entry": Sentence(
        422,
        ("第 {line} 行不完整。", "每行写统一社会信用代码与名称，用逗号分隔。"),
        ("Line {line} is not complete.", "Write credit code and name in each line, parted by a comma."),
    ),
    "lottery.entry-code": Sentence(
        422,
        ("第 {line} 行的统一社会信用代码 {code} 有误。", "请核对 18 位代码及其校验位。"),
        ("The credit code {code} in line {line} is wrong.", "Check its 18 signs and the check digit."),
    ),
    "lottery.weights": Sentence(
        422,
        ("第 {line} 行多于两列。", "公开抽签人人机会均等，不得设置权重；请删去第三列。"),
        (
            "Line {line} has more than two columns.",
            "In a public lottery everybody has the same chance, weights are not allowed; take the third column out.",
        ),
    ),
    "lottery.twin-entry": Sentence(
        422,
        ("第 {line} 行的 {code} 已在名单中。", "每家只能列一次；请删去重复的行。"),
        ("{code} in line {line} stands in the list already.", "Each takes part once; take the second line out."),
    ),
    "lottery.too-many": Sentence(
        422,
        ("名单超过 {most} 家。", "请分成几次抽签。"),
        ("The list holds more than {most} entries.", "Make several lotteries of it."),
    ),
}

RUNNING = {
    "lottery.frozen": Sentence(
        409,
        ("名单已冻结并公开，不能再改。", "如名单有误，请监督部门书面说明理由，再另行抽签。"),
        (
            "The list is frozen and public; it cannot be changed any more.",
            "If it is wrong, open another lottery and tell the supervising body why.",
        ),
    ),
    "lottery.running": Sentence(
        409,
        ("本次抽签尚在进行，或尚未开始。", "待其有结果后再试。"),
        ("The lottery is under way or has not begun.", "Try again once it has ended."),
    ),
    "lottery.repeated": Sentence(
        409,
        ("第 {number} 次抽签须有监督部门签名的理由。", "请监督部门在公开页面写明理由并签名。"),
        (
            "Attempt {number} needs the supervising body's signed reason.",
            "Ask it to write and sign one on the lottery's page.",
        ),
    ),
    "lottery.last": Sentence(
        409,
        ("同一抽签最多 {most} 次。", "请另设一次抽签。"),
        ("A lottery has at most {most} attempts.", "Open another lottery."),
    ),
}

CHECKING = {
    "lottery.entries": Sentence(
        422,
        ("抽签文件与冻结的名单不符，位置 {path}。", "请重新下载文件；若仍不符，请向监督部门反映。"),
        (
            "The lottery's file does not agree with what was frozen, at {path}.",
            "Download it again; if it still disagrees, tell the supervising body.",
        ),
    ),
    "lottery.undrawn": Sentence(
        422,
        ("这份抽签文件是抽签之前下载的，尚无结果可核验。", "待抽签结束后，从公开页面重新下载。"),
        (
            "This lottery's file is from before the draw: there is no result to verify yet.",
            "Take the file again from the lottery's page once it has been drawn.",
        ),
    ),
    "lottery.uneven": Sentence(
        422,
        ("文件中各参加者机会不均等。", "公开抽签不得设置权重或回避；请向监督部门反映。"),
        (
            "Not everybody in this file has the same chance.",
            "A public lottery has no weights and avoids nobody; tell the supervising body.",
        ),
    ),
    "trustee.lottery": Sentence(
        409,
        ("{draw} 冻结的内容不是人人均等的公开抽签。", "受托机构不会为其作出承诺；请核对后另行抽签。"),
        (
            "What was frozen as {draw} is not a lottery with the same chance for all.",
            "The trustee does not commit to it; check it and open another.",
        ),
    ),
}

SENTENCES = WRITING | RUNNING | CHECKING
