"""Sentences for consortia, blind parts and the labels they are read under."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "section.joint": Sentence(
        422,
        ("一份投标的单位数须在 1 至 {most} 之间。", "不接受联合体时选“不接受”；接受时选最多允许的单位数（含牵头人）。"),
        (
            "One bid has between 1 and {most} bodies.",
            "Choose “not admitted”, or the most bodies that a bid may have with its lead.",
        ),
    ),
    "section.blind": Sentence(
        422,
        ("这些部分不能作为暗标（{parts}）。", "只有本标段要求的技术部分可以设为暗标。"),
        (
            "These parts cannot be blind ({parts}).",
            "Only the technical part can be, where the section asks for one.",
        ),
    ),
    "method.blind-objective": Sentence(
        422,
        (
            "评分项“{item}”属于暗标部分，却由委员会按投标人共同认定，暗标就失去意义。",
            "请把它归入商务组，或改为评委独立打分，或取消暗标。",
        ),
        (
            "Item “{item}” belongs to a blind part, yet the committee would find it bidder by bidder.",
            "Put it into the commercial group, let judges mark it alone, or make the part not blind.",
        ),
    ),
    "bid.no-consortia": Sentence(
        409,
        (
            "本标段不接受联合体投标，带有联合体协议书的投标不予接收。",
            "请以本单位名义单独投标，去掉联合体协议书后重新封存。",
        ),
        (
            "This section admits no consortia; a bid with a consortium agreement is not accepted.",
            "Bid by yourself: take the agreement out and seal again.",
        ),
    ),
    "blind.salt": Sentence(
        422,
        ("暗标编号承诺的盐不是 32 字节。", "请核对证据文件；平台生成的盐总是 32 字节。"),
        (
            "The salt of the labels' commitment is not 32 bytes long.",
            "Check the file; the platform makes salts of 32 bytes.",
        ),
    ),
    "blind.not-committed": Sentence(
        409,
        ("暗标编号的承诺尚未由见证人联署，还不能阅读。", "通常几秒钟即可；请稍后刷新。"),
        (
            "The commitment to the labels is not co-signed yet, so nobody reads.",
            "It takes a few seconds; load the page again then.",
        ),
    ),
    "evidence.blind": Sentence(
        422,
        ("暗标编号与日志中的承诺不符：{field}（{where}）。", "请保留该文件并报告监督部门：编号可能在评审后被改动。"),
        (
            "The labels of the blind parts contradict what was committed to: {field} ({where}).",
            "Keep the file and report it to the supervising body: labels may have been changed after the marks.",
        ),
    ),
}
