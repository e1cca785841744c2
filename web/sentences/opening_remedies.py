"""Sentences for factors and remedies: what a bidder gives at the opening so that its bid opens after all."""

from web.sentences import Sentence

SENTENCES = {
    "factor.missing": Sentence(
        409,
        ("投标人未在规定时间内提供投标人密钥因子。", "原因在投标人一侧；招标文件允许补救的，可在补救时限内提交明文。"),
        (
            "The bidder's own factor was not given in its time.",
            "The cause lies with the bidder; where the tender document permits it, the bid may still be shown in plain.",
        ),
    ),
    "factor.wrong": Sentence(
        422,
        (
            "投标人密钥因子与本次投标不符，原因在投标人一侧。还可再试 {left} 次，截止 {until}。",
            "请选择递交本次投标时保存的投标工具包；找不到的，招标文件允许时可在补救时限内提交原文件。其他投标不受影响。",
        ),
        (
            "This factor does not open your bid; the cause lies with the bidder. {left:try is|tries are} left, until "
            "{until}.",
            "Choose the bid kit that was saved with the bid as it was handed in last. If it is lost, the files may be shown "
            "in plain in the remedy's time, where the tender document permits it. The other bids go on.",
        ),
    ),
    "factor.not-asked": Sentence(
        409,
        ("标段 {section} 现在不需要投标人密钥因子。", "要求投标人密钥因子的标段，在保管人密钥释放后才开始收取。"),
        (
            "Section {section} asks for no factor now.",
            "Where a section asks for one, it does so once the custodians' keys are released.",
        ),
    ),
    "factor.closed": Sentence(
        409,
        ("提供投标人密钥因子的时间已于 {until} 结束。", "招标文件允许补救的，请在补救时限内提交明文。"),
        (
            "The time for the factors ended at {until}.",
            "Where the tender document permits it, show the bid in plain in the remedy's time.",
        ),
    ),
    "factor.given": Sentence(
        409,
        ("投标人密钥因子已于 {at} 提供。", "无需再次提供，投标文件会自动打开。"),
        ("The factor was given at {at}.", "Nothing more is needed; the bid opens by itself."),
    ),
    "factor.tries": Sentence(
        409,
        ("已试 {most} 次均不符，不再接受。", "招标文件允许补救的，{until} 之后请在补救时限内提交明文。"),
        (
            "{most} factors did not fit; no more are taken.",
            "Where the tender document permits it, show the bid in plain after {until}, in the remedy's time.",
        ),
    ),
    "release.overdue": Sentence(
        409,
        (
            "保管人未在时限内释放足够的密钥，原因在平台一侧。",
            "投标人可在补救时限内提交明文；仍不能打开的视为撤回，保证金退还，可向责任方索赔。",
        ),
        (
            "The custodians did not release enough keys by the limit; the cause lies with the platform's side.",
            "The bidder may show the bid in plain in the remedy's time. What then stays closed counts as withdrawn: the bond "
            "is returned, and damages may be claimed from the side at fault.",
        ),
    ),
    "opening.remedy-runs": Sentence(
        409,
        ("补救时限至 {until}，在此之前不认定原因。", "请等待投标人补救或时限届满。"),
        ("A remedy may be given until {until}; before that nothing is decided.", "Wait for the remedy or its end."),
    ),
    "remedy.not-asked": Sentence(
        409,
        ("投标 {bid} 没有需要补救的部分。", "只有未能打开且允许补救的投标才能提交明文。"),
        (
            "Nothing of bid {bid} is to be remedied.",
            "Only a bid that does not open, and for which a remedy is permitted, may be shown in plain.",
        ),
    ),
    "remedy.closed": Sentence(
        409,
        ("补救时限已于 {until} 结束。", "对结果有异议的，请在开标现场提出。"),
        ("The time for the remedy ended at {until}.", "Who disagrees objects at the opening."),
    ),
    "remedy.given": Sentence(
        409,
        ("“{part}”已经打开或已补救。", "请提交其余部分。"),
        ("“{part}” is open or was remedied already.", "Go on with the other parts."),
    ),
    "remedy.differs": Sentence(
        422,
        (
            "“{part}”与递交时的承诺不符：承诺 {promised}，现为 {found}。两个指纹都已记入日志。",
            "请提交密封时的同一份文件和同一投标工具包，时限内可再次提交。",
        ),
        (
            "“{part}” is not what the bid committed to: {promised} was promised, {found} was shown. Both are logged.",
            "Show the very file that was sealed, with the kit of that bid; it may be tried again until the limit.",
        ),
    ),
    "remedy.too-large": Sentence(
        422,
        ("文件比密封时的大（密封后最多 {largest} 字节）。", "请选择密封时的同一份文件。"),
        (
            "The file is larger than the one that was sealed ({largest} bytes sealed).",
            "Choose the very file that was sealed.",
        ),
    ),
    "remedy.tries": Sentence(
        409,
        (
            "“{part}”已有 {most} 次提交的不是密封时的文件，不再接受。",
            "其余部分仍可提交；对结果有异议的，请在开标现场提出。",
        ),
        (
            "Of “{part}” something else than what was sealed was shown {most} times; no more is taken.",
            "The other parts may still be shown. Who disagrees objects at the opening.",
        ),
    ),
    "remedy.under-way": Sentence(
        409,
        ("投标 {bid} 的另一份文件正在上传。", "请等它结束后再提交；上传已中断的，半分钟后再试。"),
        (
            "Another file of bid {bid} is being sent.",
            "Wait for its end; if it broke off, try again after half a minute.",
        ),
    ),
    "remedy.interrupted": Sentence(
        408,
        ("上传中断，未收到任何保留的内容。", "请在时限内重新提交。"),
        ("The upload broke off; nothing of it was kept.", "Send it again before the limit."),
    ),
    "remedy.nothing": Sentence(
        422,
        ("尚未选择任何文件。", "请至少选择一份文件，或填写开标一览表的四项内容。"),
        ("No file is chosen.", "Choose at least one file, or type the four items of the opening form."),
    ),
    "remedy.other-file": Sentence(
        422,
        ("这不是密封时的那份文件，未发送任何内容。", "请选择密封时的同一份文件；一览表须与密封时一字不差。"),
        (
            "This is not the file that was sealed; nothing was sent.",
            "Choose the very file that was sealed; the opening form must be the same to the letter.",
        ),
    ),
    "kit.no-factor": Sentence(
        422,
        ("该投标工具包不含投标人密钥因子。", "请选择本次投标最后一次递交时保存的投标工具包。"),
        ("This kit holds no factor.", "Choose the kit that was saved with the bid as it was handed in last."),
    ),
    "remedy.salt": Sentence(
        422,
        ("缺少承诺盐值或格式不对。", "请用该次投标的投标工具包提交。"),
        ("The commitment's salt is missing or is none.", "Send it with the kit of that bid."),
    ),
}
