"""Sentences for the draw's refusals: the request, the supervisor's recheck, the reveal and the evidence file."""

from web.sentences import Sentence

_FILE_ZH = "请改正证据文件中的该处，或重新下载原文件。"
_FILE_EN = "Correct this place of the evidence file, or download it again."
_STOP_ZH = "监督方不予共签；请抽取服务重新冻结名单并说明原因。"
_STOP_EN = "The supervisor does not co-sign; the draw service freezes the pool again and explains."

SENTENCES = {
    "draw.too-few": Sentence(
        409,
        (
            "“{specialty}”可抽取的单位不足：有 {eligible} 个，至少需要 {needed} 个（回避单位除外）。",
            "请放宽专业、区域或减少人数后重新申请抽取。",
        ),
        (
            "Too few employers for “{specialty}”: {eligible} not avoided, {needed} needed.",
            "Widen specialty or region, or ask for fewer, and request the draw again.",
        ),
    ),
    "draw.tried-often": Sentence(
        409,
        ("该标段一天内已有 {most} 次抽取因人数不足被拒绝。", "请放宽专业或区域要求，明天再抽取。"),
        (
            "Within a day {most} draws of this section were refused because too few could be reached.",
            "Ask for less of a profession or a wider region, and draw again tomorrow.",
        ),
    ),
    "expert.not-linked": Sentence(
        404,
        ("此账号尚未关联专家记录。", "请专家库管理人员核对后关联。"),
        ("Your expert entry is not linked to this account.", "Ask the pool office to link it."),
    ),
    "draw.silent": Sentence(
        409,
        ("{party} 未在规定时间内完成抽取的步骤。", "抽取已终止；再次抽取须有监督部门签署的理由。"),
        (
            "{party} did not do its part of the draw in time.",
            "The draw has ended; another needs the supervisor's signed reason.",
        ),
    ),
    "supplement.none": Sentence(
        409,
        ("标段 {section} 没有空缺的专家席位。", "请刷新页面，按现有评委会继续。"),
        ("No expert's seat of {section} is vacant.", "Load the page again and go on with the committee as it is."),
    ),
    "supplement.only": Sentence(
        409,
        ("第 {draw} 次抽取只获准补抽空缺席位。", "请申请补抽；若须重新组建评委会，请监督部门另行签署理由。"),
        (
            "Of the draw {draw} only vacant seats may be filled.",
            "Ask for the vacant seats; a new committee needs another signed reason of the supervisor.",
        ),
    ),
    "supplement.too-few": Sentence(
        409,
        (
            "空缺席位所需专业在回避、已就座、候补和已通知的人员之外人数不足，未能补抽。",
            "补抽的专业和人数不能更改：请监督部门决定，待有专家可用后再次准许补抽，或签署理由重新组建评标委员会。",
        ),
        (
            "The pool holds too few for the vacant seats beside those avoided, seated, waiting or called; nobody was drawn.",
            "Professions and numbers of vacant seats cannot be changed: the supervising body allows another such draw once "
            "experts are free, or signs a reason for a whole new committee.",
        ),
    ),
    "supplement.whole": Sentence(
        409,
        ("第 {draw} 次抽取未获准补抽空缺席位。", "请监督部门签署补抽的理由。"),
        (
            "No draw {draw} for vacant seats has been allowed.",
            "Let the supervising body sign a reason for one.",
        ),
    ),
    "draw.request": Sentence(
        422,
        ("抽取申请“{draw_id}”不合规定。", "请检查抽取编号、各专业人数（至少 1 人）、备选人数与参与方。"),
        (
            "The request “{draw_id}” is not one for a draw.",
            "Check its number, quotas (at least 1), alternates and parties.",
        ),
    ),
    "draw.specialty-unknown": Sentence(
        422,
        ("专家库（区域 {region}）中没有这些专业的可抽取专家：{specialties}。", "请核对专业代码，或改用相近专业。"),
        (
            "The pool of region {region} has no available expert of {specialties}.",
            "Check the codes, or take a near one.",
        ),
    ),
    "draw.running": Sentence(
        409,
        ("抽取 {draw} 正在进行。", "请等待其揭示或终止；再次抽取须有监督部门签署的理由。"),
        (
            "The draw {draw} is under way.",
            "Wait until it is revealed or has failed; another needs the supervisor's reason.",
        ),
    ),
    "redraw.reason": Sentence(
        422,
        ("再次抽取须写明理由，不超过 {most} 字。", "请监督部门写明事实与依据。"),
        ("Another draw needs a written reason of at most {most} characters.", "State the facts it rests on."),
    ),
    "redraw.given": Sentence(
        409,
        ("抽取 {draw} 之后已经准许再次抽取。", "请由招标代理提出新的抽取申请。"),
        ("Another draw after {draw} is allowed already.", "Let the agent request it."),
    ),
    "draw.identity": Sentence(
        422,
        ("“{specialty}”名单中有人员的身份标识不合格式。", "身份标识应为“类型:号码”，使用 ASCII 字符。"),
        ("An identity in the list “{specialty}” is not well formed.", "Write it <type>:<number>, in ASCII."),
    ),
    "draw.name": Sentence(
        422,
        ("抽取中使用的名称“{name}”不是 ASCII 文本或过长。", "请改用代码而非中文名称。"),
        ("The name “{name}” is not ASCII or too long.", "Use a code instead."),
    ),
    "draw.twin-identity": Sentence(
        409,
        ("同一人在抽取名单中出现两次。", "请合并该人员的重复登记后重新冻结名单。"),
        ("One person stands twice in the pool.", "Merge the person's two entries and freeze the pool again."),
    ),
    "draw.contradiction": Sentence(
        409,
        (
            "“{party}”托管的随机数打不开或与其承诺不符，本次抽取（{draw_id}）终止。",
            "请经监督部门说明理由后发起下一次抽取。",
        ),
        (
            "What “{party}” deposited does not open or contradicts its commitment; the draw {draw_id} ends.",
            "The next draw needs the supervisor's signed reason.",
        ),
    ),
    "draw.stranger": Sentence(
        409,
        ("“{specialty}”名单中有人员不在监督方的专家库中（叶 {leaf}）。", _STOP_ZH),
        ("The list “{specialty}” holds somebody the supervisor's records do not know (leaf {leaf}).", _STOP_EN),
    ),
    "draw.omitted": Sentence(
        409,
        ("“{specialty}”名单遗漏了 {missing} 名符合条件的专家。", _STOP_ZH),
        ("The list “{specialty}” leaves out {missing} eligible persons.", _STOP_EN),
    ),
    "draw.wrong-specialty": Sentence(
        422,
        ("名单中有人的专业或地区与其列入的专业（{specialties}）不符。", "请核对抽取服务。"),
        (
            "Somebody is listed for {specialties} whose professions or region do not serve it.",
            "Look into the draw service.",
        ),
    ),
    "draw.left-out": Sentence(
        422,
        ("未列入名单的人员没有成立的理由：{why}。", "请核对抽取服务。"),
        ("Somebody is left out of the pool without a reason that holds: {why}.", "Look into the draw service."),
    ),
    "draw.wrong-employer": Sentence(
        409,
        ("“{specialty}”名单中一条记录的单位代号有误（叶 {leaf}）。", _STOP_ZH),
        ("The list “{specialty}” gives a wrong employer (leaf {leaf}).", _STOP_EN),
    ),
    "draw.wrong-weight": Sentence(
        409,
        ("“{specialty}”名单中一条记录的权重有误（叶 {leaf}）。", _STOP_ZH),
        ("The list “{specialty}” gives a wrong weight (leaf {leaf}).", _STOP_EN),
    ),
    "draw.wrong-leaf": Sentence(
        409,
        ("“{specialty}”名单中一个叶值不能由其记录算出（叶 {leaf}）。", _STOP_ZH),
        ("A leaf of the list “{specialty}” does not follow from its record (leaf {leaf}).", _STOP_EN),
    ),
    "draw.frozen": Sentence(
        409,
        ("冻结事件中的“{field}”与名单或申请不符。", _STOP_ZH),
        ("“{field}” of the frozen event does not follow from pool and request.", _STOP_EN),
    ),
    "draw.chunk": Sentence(
        409,
        ("抽取名单的一份密封分片与冻结时不符。", "本次抽取终止；请核对对象存储，并经监督部门说明理由后重新抽取。"),
        (
            "A sealed piece of the pool is not the one that was frozen.",
            "The draw ends; look into the object store, and draw again with the supervisor's signed reason.",
        ),
    ),
    "draw.chunk-missing": Sentence(
        409,
        ("抽取名单缺少一份密封分片。", "本次抽取终止；请核对对象存储，并经监督部门说明理由后重新抽取。"),
        (
            "A sealed piece of the pool is missing.",
            "The draw ends; look into the object store, and draw again with the supervisor's signed reason.",
        ),
    ),
    "draw.document": Sentence(
        422,
        ("送审的抽取名单结构有误。", "请抽取服务重新发送完整名单。"),
        ("The pool sent for the recheck is malformed.", "Let the draw service send the whole pool again."),
    ),
    "draw.field": Sentence(
        422,
        ("证据文件 {path} 处的字段缺失、多余或类型不对。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.count": Sentence(
        422,
        ("证据文件 {path} 处的数目不合规定。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.hex": Sentence(
        422,
        ("证据文件 {path} 处须为 64 位小写十六进制数。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.need": Sentence(
        422,
        ("“{need}”不是抽取条件。", "请填写“专业代码@行政区划代码”，例如 A08@4299。"),
        (
            "“{need}” is no need of a draw.",
            "Write a profession code and a region code with @ between them, such as A08@4299.",
        ),
    ),
    "draw.specialty": Sentence(
        422,
        ("证据文件 {path} 处的专业不在抽取人数表中。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.weight": Sentence(
        422,
        ("证据文件 {path} 处的权重不是 1 至 8 的整数。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.leaf": Sentence(
        422,
        ("证据文件 {path} 处的叶值不能由其专业、权重与两个内层哈希算出。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.emp": Sentence(
        422,
        ("证据文件 {path} 处的单位代号与盐不能算出 ib。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.twin-leaf": Sentence(
        422,
        ("证据文件 {path} 处的叶值重复出现。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.order": Sentence(
        422,
        ("证据文件的专业顺序（{path}）缺失，或不是抽取人数表中各专业的一个排列。", _FILE_ZH),
        ("At {path} of the evidence file: {why}.", _FILE_EN),
    ),
    "draw.emp-missing": Sentence(
        422,
        ("抽取走到 {path}，该处却没有单位代号。", _FILE_ZH),
        ("The walk arrives at {path}, where emp is missing.", _FILE_EN),
    ),
    "draw.dry": Sentence(
        422,
        ("“{specialty}”名单走完仍未抽满 {needed} 人（{path}）。", _FILE_ZH),
        ("The list “{specialty}” ends before its quota of {needed} is full ({path}).", _FILE_EN),
    ),
    "draw.transcript": Sentence(
        422,
        ("抽取过程记录 {path} 处与证据文件其余部分不符。", "请将该文件交监督部门核查。"),
        ("At {path} the transcript does not hold: {why}.", "Hand the file to the supervising body."),
    ),
}
