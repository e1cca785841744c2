"""Sentences for what is frozen beside the scoring method: bands of marks, examination items, score tables read from files."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "band.many": Sentence(
        422,
        ("评分项“{item}”的评分档超过 {most} 档。", "请合并相近的档。"),
        ("Item “{item}” has more than {most} bands.", "Join bands that are alike."),
    ),
    "band.word": Sentence(
        422,
        (
            "评分项“{item}”有一档没有名称，或名称超过 {longest} 个字、说明超过 {most} 个字。",
            "请写明如“优”“良”的档名并缩短说明。",
        ),
        (
            "A band of item “{item}” has no name, or its name is longer than {longest} or its meaning than {most} signs.",
            "Name the band, such as “good”, and shorten its meaning.",
        ),
    ),
    "band.word-twice": Sentence(
        422,
        ("评分项“{item}”有两档都叫“{word}”。", "请改名或合并。"),
        ("Two bands of item “{item}” are called “{word}”.", "Rename one, or join them."),
    ),
    "band.range": Sentence(
        422,
        (
            "评分项“{item}”的“{word}”档写了 {value}，不在 0 至满分 {max} 之间。",
            "请改在满分范围内；只扣分、不得分的因素不能作为评分项。",
        ),
        (
            "The band “{word}” of item “{item}” says {value}, which is outside 0 to {max}.",
            "Keep it within the item's points; what only takes points away cannot be an item to be marked.",
        ),
    ),
    "band.order": Sentence(
        422,
        ("评分项“{item}”的“{word}”档，下限高于上限。", "请对调上下限。"),
        ("The band “{word}” of item “{item}” begins above its end.", "Exchange the two."),
    ),
    "band.step": Sentence(
        422,
        (
            "评分项“{item}”的“{word}”档写了 {value}，评委按步长 {step} 打不出这个分。",
            "请改为步长的整数倍，或调整步长。",
        ),
        (
            "The band “{word}” of item “{item}” says {value}, a mark that the step {step} does not allow.",
            "Use a multiple of the step, or change the step.",
        ),
    ),
    "band.overlap": Sentence(
        422,
        ("评分项“{item}”的“{word}”档伸进了上一档“{above}”。", "请由高到低填写各档，相邻两档最多共用一个端点。"),
        (
            "The band “{word}” of item “{item}” reaches into “{above}” above it.",
            "Write the bands from high to low; neighbours share an end at most.",
        ),
    ),
    "examination.many": Sentence(
        422,
        ("评审项超过 {most} 项。", "请合并相近的评审项。"),
        ("There are more than {most} examination items.", "Join items that are alike."),
    ),
    "examination.id": Sentence(
        422,
        ("有一个评审项没有编号，或编号超过 {longest} 个字。", "请写短编号，如 q1。"),
        (
            "An examination item has no short sign, or one longer than {longest} signs.",
            "Give it a short one such as q1.",
        ),
    ),
    "examination.item-twice": Sentence(
        422,
        ("评审项编号“{item}”用了两次。", "请改其中一个。"),
        ("The examination item “{item}” stands twice.", "Change one of the signs."),
    ),
    "examination.name": Sentence(
        422,
        ("评审项“{item}”没有中文名称，或超过 {longest} 个字。", "请写明审什么，评委据此认定。"),
        (
            "The examination item “{item}” has no Chinese name, or one longer than {longest} signs.",
            "Say what is examined; judges decide by it.",
        ),
    ),
    "examination.clause-empty": Sentence(
        422,
        (
            "评审项“{item}”没有写明招标文件条款号，或超过 {longest} 个字。",
            "请写明规定它的条款，如 2.1.1；文件未规定的不得作为否决依据。",
        ),
        (
            "The examination item “{item}” names no clause of the document, or at more than {longest} signs.",
            "Name the clause that sets it, such as 2.1.1; what the document does not set cannot reject a bid.",
        ),
    ),
    "examination.ground-unknown": Sentence(
        422,
        ("评审项“{item}”的否决依据“{ground}”不在法定情形之内（{source}）。", "可选：{allowed}。"),
        (
            "The examination item “{item}” rejects on “{ground}”, which the law does not know ({source}).",
            "Choose one of: {allowed}.",
        ),
    ),
    "document.item-without-points": Sentence(
        422,
        (
            "“{item}”的满分为 0 或为负：评分项只能在 0 与满分之间给分，不得分、只扣分的因素无法由评委打分。",
            "请改为评审项（合格或不合格），或把它写进某一评分项的档次说明后移除本行。",
        ),
        (
            "“{item}” has no points to give: judges mark between 0 and the most, and cannot only take points away.",
            "Make it an examination item (pass or fail), or write it into the bands of another item and remove this row.",
        ),
    ),
    "table.file": Sentence(
        422,
        ("文件不是能读懂的评分表。", "请上传 CSV、XLSX 或 JSON；可先导出一份作样本。"),
        ("The file is no score table that can be read.", "Choose CSV, XLSX or JSON; export one first as a pattern."),
    ),
    "table.headings": Sentence(
        422,
        ("评分表缺少列“{missing}”。", "第一行须有：评审部分、评分因素、满分；有分档的还须有：评分档、下限、上限。"),
        (
            "The score table lacks the column “{missing}”.",
            "Its first row needs dimension, factor, max; with bands also grade, from, to.",
        ),
    ),
    "table.number": Sentence(
        422,
        ("评分因素“{factor}”写了“{given}”，不是数字。", "请改为如 15 或 0.5 的数字。"),
        ("The factor “{factor}” says “{given}”, which is no number.", "Write a number such as 15 or 0.5."),
    ),
    "table.empty": Sentence(
        422,
        ("评分表里没有一个评分因素。", "请检查表头和内容。"),
        ("The score table holds no factor.", "Look at its headings and rows."),
    ),
    "table.large": Sentence(
        422,
        ("评分表超过 {most} 个因素。", "请分成几个标段，或合并相近的因素。"),
        ("The score table has more than {most} factors.", "Join factors that are alike."),
    ),
    "policy.none": Sentence(
        422,
        ("{day} 当日没有已知的“{object}”价格扣除规定。", "请核对日期。"),
        ("No deduction for “{object}” is known on {day}.", "Look at the date."),
    ),
    "policy.deduction": Sentence(
        422,
        ("价格扣除比例 {rate} 不在 {least} 至 {most} 之间（{source} {mark}）。", "请改为规定范围内的比例。"),
        ("The deduction {rate} is outside {least} to {most} ({source} {mark}).", "Choose a rate within the bounds."),
    ),
    "policy.weight": Sentence(
        422,
        ("价格分值 {weight} 低于法定最低 {least}（{source}）。", "请提高价格分值。"),
        ("The price has {weight} points, fewer than the {least} that the law wants ({source}).", "Give it more."),
    ),
}
