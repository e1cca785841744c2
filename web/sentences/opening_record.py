"""Sentences for the opening record: confirmed, objected to, answered; and for what the host says to the hall."""

from web.sentences import Sentence

SENTENCES = {
    "opening.decision": Sentence(
        422,
        ("还没有选择决定。", "请选择继续开标或终止本标段。"),
        ("No decision is chosen.", "Choose whether the opening goes on or the section fails."),
    ),
    "record.none": Sentence(
        404,
        ("标段 {section} 还没有开标记录。", "开标完成后，记录在此公布，请稍后再看。"),
        ("Section {section} has no opening record yet.", "It is published here when the opening is done: look again."),
    ),
    "record.not-begun": Sentence(
        409,
        ("标段 {section} 尚未开标。", "请在投标截止、开标开始后办理。"),
        ("The opening of section {section} has not begun.", "Come back after the deadline, when it has."),
    ),
    "record.final": Sentence(
        409,
        ("标段 {section} 的开标记录已经生效，不再接受确认或异议。", "对结果有异议的，可在公示期内提出。"),
        (
            "The opening record of section {section} is final: it takes no confirmation and no objection any more.",
            "Whoever disagrees with the result may object during the publicity.",
        ),
    ),
    "record.not-your-bid": Sentence(
        404,
        ("您的单位在标段 {section} 没有参加开标的投标。", "请核对标段编号，或切换到投标单位的身份。"),
        (
            "Your organisation has no bid in the opening of section {section}.",
            "Check the section, or change to the role of the body that bid.",
        ),
    ),
    "record.reasons": Sentence(
        422,
        ("须写明内容，最多 {longest} 字。", "请具体写明事实和理由，内容将公开并记入日志。"),
        ("Words are needed, at most {longest} characters.", "State facts and reasons; they are published and logged."),
    ),
    "record.objections": Sentence(
        409,
        ("每家投标人在开标时最多提出 {most} 次异议。", "请把要点写在已提出的异议中，或在公示期内另行提出。"),
        (
            "A bidder may object {most} times at one opening.",
            "Say it in what you have raised, or object during the publicity.",
        ),
    ),
    "record.objection-raised": Sentence(
        409,
        ("这项异议本单位已经提出。", "无需重复提交；有其他理由的，请另行写明。"),
        ("You have raised this very objection.", "Nothing more is needed; for another reason, write that one."),
    ),
    "record.objection-unknown": Sentence(
        404,
        ("没有这项异议（{objection}）。", "请从开标主持页面进入。"),
        ("There is no such objection ({objection}).", "Enter from the host's page."),
    ),
    "record.answered": Sentence(
        409,
        ("异议 {objection} 已经答复。", "答复一经作出不再更改；补充说明请在大厅发布通知。"),
        ("Objection {objection} is answered.", "An answer stays as it is; say more in a note to the hall."),
    ),
    "hall.kind": Sentence(
        422,
        ("没有“{kind}”这种发言。", "请选择通知、暂停或继续。"),
        ("There is no such thing to say (“{kind}”).", "Choose a note, a pause or going on."),
    ),
    "hall.not-now": Sentence(
        409,
        ("现在不能在标段 {section} 的大厅发言。", "开标开始后、开标记录生效前可以发言。"),
        (
            "Nothing can be said in the hall of section {section} now.",
            "It can from the beginning of the opening until its record is final.",
        ),
    ),
    "hall.said": Sentence(
        409,
        ("这句话刚刚说过，现场都已看到。", "无需重复发送。"),
        ("This was said just now; everybody has read it.", "Nothing more is needed."),
    ),
    "hall.paused": Sentence(
        409,
        ("确认已经暂停。", "先恢复，才能再次暂停。"),
        ("The confirming is paused already.", "Let it go on first."),
    ),
    "hall.not-paused": Sentence(
        409,
        ("确认没有暂停。", "无需恢复。"),
        ("The confirming is not paused.", "There is nothing to let go on."),
    ),
    "hall.text": Sentence(
        422,
        ("须写明内容，最多 {longest} 字。", "内容会立即向大厅所有人公开，并记入日志。"),
        ("Words are needed, at most {longest} characters.", "They are shown to everybody at once, and logged."),
    ),
}
