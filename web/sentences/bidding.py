"""Sentences for bids, receipts and the opening."""

from web.sentences import Sentence

SENTENCES = {
    "bid.unknown": Sentence(
        404,
        ("没有这份投标文件，或者不属于贵单位。", "请从“我的投标”进入。"),
        ("There is no such bid, or it is not yours.", "Enter from your own list of bids."),
    ),
    "bid.bidder": Sentence(
        403,
        ("当前账号没有代表任何投标单位。", "请切换到所代表的投标单位。"),
        ("This account does not act for any bidder.", "Switch to the bidder you act for."),
    ),
    "bid.late": Sentence(
        409,
        (
            "投标已截止（截止时间 {deadline}，服务器时间 {now}），未被接收。",
            "迟到的投标依法不得接收；可申请查看拒收记录。",
        ),
        (
            "Bidding is closed (deadline {deadline}, server time {now}); the bid was not accepted.",
            "Late bids may not be accepted by law; the refusal is on record.",
        ),
    ),
    "bid.not-open": Sentence(
        409,
        ("这份投标文件的状态是“{state}”，不能再改动。", "如需更改，请新建一次投标，提交后即替换原文件。"),
        ("The bid is “{state}” and cannot be changed.", "Start a new bid; when submitted it replaces the old one."),
    ),
    "bid.not-submitted": Sentence(
        409,
        ("投标文件尚未提交，没有回执。", "请先完成上传并提交。"),
        ("The bid has not been submitted, so there is no receipt.", "Finish the upload and submit first."),
    ),
    "bid.part": Sentence(
        404,
        ("投标文件中没有“{part}”这一部分。", "请按招标文件规定的部分上传。"),
        ("The bid has no part “{part}”.", "Upload the parts the tender document names."),
    ),
    "bid.envelopes": Sentence(
        422,
        (
            "本标段的投标应有 {expected} 个信封，交来的不是这样。",
            "请按招标公告封存：双信封标段须同时递交第一信封和报价信封。",
        ),
        (
            "A bid for this section has {expected} envelopes; what was sent has not.",
            "Seal as the notice says: with two envelopes the first and the price envelope are handed in together.",
        ),
    ),
    "bid.parts": Sentence(
        422,
        ("应有的部分是 {expected}，清单中是 {found}。", "请按招标文件规定的部分重新封存。"),
        (
            "The parts must be {expected}; the manifest has {found}.",
            "Seal again with the parts the tender document names.",
        ),
    ),
    "bid.block": Sentence(
        422,
        (
            "“{part}”的第 {number} 块大小应为 {expected} 字节（共 {count} 块），收到 {size} 字节。",
            "请从该块重新上传；已收到的块不会丢失。",
        ),
        (
            "Block {number} of “{part}” must have {expected} bytes ({count} blocks in all); {size} came.",
            "Send that block again; what has arrived is kept.",
        ),
    ),
    "bid.block-differs": Sentence(
        409,
        ("“{part}”的第 {number} 块已上传过，内容不同。", "请确认选择的是同一份封存文件；要换文件请新建一次投标。"),
        (
            "Block {number} of “{part}” was uploaded before with other content.",
            "Make sure it is the same sealed file; for another file start a new bid.",
        ),
    ),
    "bid.incomplete": Sentence(
        409,
        ("“{part}”还缺第 {missing} 块，不能提交。", "请继续上传缺少的块，再提交。"),
        ("“{part}” still lacks block {missing}; it cannot be submitted.", "Upload the missing blocks, then submit."),
    ),
    "bid.root": Sentence(
        422,
        ("“{part}”的内容与清单中的根值不符。", "文件在封存后被改动或损坏，请重新封存并上传。"),
        (
            "The content of “{part}” does not match the manifest's root.",
            "The file was changed or damaged after sealing; seal and upload again.",
        ),
    ),
    "bid.too-large": Sentence(
        413,
        ("“{part}”有 {size} 字节，超过上限 {largest}。", "请压缩图纸后重新封存。"),
        ("“{part}” has {size} bytes; at most {largest} are allowed.", "Compress the drawings and seal again."),
    ),
    "signing.not-yours": Sentence(
        403,
        ("签名证书属于 {serial}，而不是 {expected}。", "请使用本单位的签名密钥。"),
        ("The signing certificate belongs to {serial}, not to {expected}.", "Use your own body's signing key."),
    ),
    "receipt.malformed": Sentence(
        422,
        ("这不是一份完整的回执。", "请使用平台下载的原文件。"),
        ("This is not a whole receipt.", "Use the file as downloaded from the platform."),
    ),
    "receipt.event": Sentence(
        422,
        ("回执中的事件（{event}）与回执内容不符。", "请以平台下载的原文件为准，并联系监督部门。"),
        (
            "The receipt's event ({event}) does not fit its content.",
            "Use the original file and tell the supervising body.",
        ),
    ),
    "receipt.elsewhere": Sentence(
        422,
        ("回执属于标段 {section}，证据文件属于标段 {expected}。", "请选择同一标段的回执和证据文件。"),
        (
            "The receipt is about {section}, the evidence about {expected}.",
            "Choose receipt and evidence of one section.",
        ),
    ),
    "receipt.missing": Sentence(
        422,
        (
            "日志已收录回执的事件，而证据文件将其遗漏：投标 {bid}。",
            "请原样保留两份文件并提交监督部门：两者共同证明平台有过。",
        ),
        (
            "The log took in the receipt's event, and the evidence leaves it out: bid {bid}.",
            "Keep both files as they are and give them to the supervising body: together they convict the platform.",
        ),
    ),
    "receipt.unlisted": Sentence(
        422,
        (
            "流标标段的名单中没有回执的投标 {bid}。",
            "如您此后撤回或替换了该投标，即属正常；否则两份文件共同证明平台有过。",
        ),
        (
            "The list of the failed section does not name the receipt's bid {bid}.",
            "If you withdrew or replaced this bid later, that is as it should be. If not, both files convict the platform.",
        ),
    ),
    "receipt.late": Sentence(
        504,
        ("回执 {bid} 尚未取得见证方签名。", "投标已被接收，请稍后再取回执。"),
        ("The receipt of {bid} is not co-signed yet.", "The bid was accepted; fetch the receipt later."),
    ),
    "opening.too-few-keys": Sentence(
        409,
        ("已释放的密钥 {have} 个，少于所需的 {need} 个。", "请等待受托方释放密钥；超时按补救程序办理。"),
        (
            "{have} keys were released, {need} are needed.",
            "Wait for the trustees; the remedy procedure applies after the limit.",
        ),
    ),
    "opening-form.fields": Sentence(
        422,
        ("开标一览表缺少字段或有多余字段。", "请使用平台的开标一览表。"),
        ("The opening form lacks fields or has others.", "Use the platform's opening form."),
    ),
    "opening-form.consortium": Sentence(
        422,
        ("开标一览表中的联合体信息不合格（{field}）。", "请核对成员名称、统一社会信用代码、分工，份额合计须为 100%。"),
        (
            "The consortium in the opening form is not acceptable ({field}).",
            "Check names, credit codes and work; the shares must make 100 per cent.",
        ),
    ),
    "opening-form.price": Sentence(
        422,
        ("投标报价“{price}”必须大于零。", "请填写以元为单位的报价。"),
        ("The price “{price}” must be above zero.", "Write the price in yuan."),
    ),
    "opening-form.text": Sentence(
        422,
        ("开标一览表中有不可见的控制字符。", "请删除后重新填写。"),
        ("The opening form holds a control character.", "Remove it and fill in the form again."),
    ),
    "bid.damaged": Sentence(
        409,
        ("“{part}”第 {number} 块密文在存储中损坏，与签收时的摘要不符。", "请提交与投标清单一致的原文件；责任在平台。"),
        (
            "Block {number} of “{part}” was damaged in storage: it is not what was received.",
            "Send the original file again as the manifest lists it; the platform answers for this.",
        ),
    ),
    "opening-form.duration": Sentence(
        422,
        ("工期“{duration}”不是天数。", "请填写 1 至 99999 的整数。"),
        ("The duration “{duration}” is not a number of days.", "Write a whole number from 1 to 99999."),
    ),
}
