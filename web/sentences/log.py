"""Sentences for the public log's refusals: notes, checkpoints, policies, proofs and tiles."""

from web.sentences import Sentence

_AGAIN_ZH, _AGAIN_EN = (
    "请重新下载原文件，不要改动其中任何字符。",
    "Download the file again and change no character of it.",
)
_REPORT_ZH, _REPORT_EN = "请保留该文件并向监督部门报告。", "Keep the file and report it to the supervising body."
_BUG_ZH, _BUG_EN = "这是系统内部错误，请联系平台技术人员。", "This is an internal fault; tell the platform's engineers."

SENTENCES = {
    "note.malformed": Sentence(
        422,
        ("该签名文本不合格式（C2SP signed-note）：{why}。", _AGAIN_ZH),
        ("This is not a well-formed signed note (C2SP signed-note): {why}.", _AGAIN_EN),
    ),
    "note.key": Sentence(
        422,
        ("密钥行不合格式：{why}。", "请核对密钥行，从其公布处原样复制。"),
        (
            "The key line is not well formed: {why}.",
            "Compare the key line with where it is published and copy it whole.",
        ),
    ),
    "checkpoint.malformed": Sentence(
        422,
        ("检查点不合格式（C2SP tlog-checkpoint）：{why}。", _AGAIN_ZH),
        ("This is not a well-formed checkpoint (C2SP tlog-checkpoint): {why}.", _AGAIN_EN),
    ),
    "policy.line": Sentence(
        422,
        ("信任策略文件第 {line} 行有误：{why}。", "请改正该行；0 表示缺少必需的行。"),
        (
            "Line {line} of the policy file is wrong: {why}.",
            "Correct that line; 0 means that a required line is missing.",
        ),
    ),
    "proof.malformed": Sentence(
        422,
        ("回执证明不合格式（C2SP tlog-proof）：{why}。", _AGAIN_ZH),
        ("This is not a well-formed proof (C2SP tlog-proof): {why}.", _AGAIN_EN),
    ),
    "log.inclusion": Sentence(
        422,
        ("不能证明该记录位于日志第 {index} 位（日志共 {size} 条）。", _REPORT_ZH),
        ("It is not proven that the entry stands at place {index} of the log of {size} entries.", _REPORT_EN),
    ),
    "log.consistency": Sentence(
        422,
        ("不能证明 {first} 条时的日志是 {size} 条时的前段：日志可能被改写。", _REPORT_ZH),
        (
            "It is not proven that the log of {first} entries begins the log of {size}: it may have been rewritten.",
            _REPORT_EN,
        ),
    ),
    "log.origin": Sentence(
        422,
        ("该检查点属于日志“{origin}”，而信任策略指定的是“{expected}”。", "请使用该日志自己的信任策略文件。"),
        ("The checkpoint is of the log “{origin}”, the policy names “{expected}”.", "Use that log's own policy file."),
    ),
    "log.unsigned": Sentence(
        422,
        ("检查点缺少“{name}”的签名。", _AGAIN_ZH),
        ("The checkpoint lacks the signature of “{name}”.", _AGAIN_EN),
    ),
    "log.signature": Sentence(
        422,
        ("“{name}”的签名验证不通过。", _REPORT_ZH),
        ("The signature of “{name}” does not verify.", _REPORT_EN),
    ),
    "log.signature-twice": Sentence(
        422,
        ("“{name}”的签名出现了两次。", _AGAIN_ZH),
        ("The signature of “{name}” stands twice.", _AGAIN_EN),
    ),
    "log.unknown-key": Sentence(
        422,
        ("检查点带有信任策略之外的签名“{name}”。", "请核对信任策略文件是否来自可信来源。"),
        (
            "The checkpoint bears a signature the policy does not know: “{name}”.",
            "Check where the policy file is from.",
        ),
    ),
    "log.quorum": Sentence(
        422,
        ("共签不足：有效共签 {cosigned} 个，未达到“{quorum}”的要求。", "请稍后重试，或等待受托方共签。"),
        (
            "Too few co-signatures: {cosigned} count, “{quorum}” is not reached.",
            "Try later, when the trustees have signed.",
        ),
    ),
    "log.event": Sentence(
        422,
        ("日志事件“{event}”的结构不合规定。", _AGAIN_ZH),
        ("The log event “{event}” does not have the prescribed shape.", _AGAIN_EN),
    ),
    "log.link": Sentence(
        422,
        ("标段事件链第 {number} 环有误：首环之前须为空，其后须指向前一环。", _REPORT_ZH),
        ("Link {number} of the section's chain is wrong: only the first has nothing before it.", _REPORT_EN),
    ),
    "log.size": Sentence(
        422,
        ("日志中的盐、链接与密钥均为 32 字节，实为 {bytes} 字节。", _AGAIN_ZH),
        ("Salts, links and keys of the log have 32 bytes, this one has {bytes}.", _AGAIN_EN),
    ),
    "log.batch": Sentence(
        500,
        ("一批最多容纳 4,096 条事件，实有 {real} 条。", _BUG_ZH),
        ("A batch holds at most 4,096 events, these are {real}.", _BUG_EN),
    ),
    "log.frontier": Sentence(
        500,
        ("存储的日志边界（{nodes} 个节点）与长度 {size} 不符。", _BUG_ZH),
        ("The stored frontier of {nodes} nodes does not fit a log of {size} entries.", _BUG_EN),
    ),
    "tile.path": Sentence(
        404,
        ("没有名为“{path}”的日志切片。", "请按 C2SP tlog-tiles 规定的路径取用。"),
        ("There is no tile “{path}”.", "Use the paths of C2SP tlog-tiles."),
    ),
    "tile.absent": Sentence(
        404,
        ("长度为 {size} 的日志没有第 {level} 层第 {index} 块切片。", "请先取最新检查点，再取其范围内的切片。"),
        (
            "A log of {size} entries has no tile {index} at level {level}.",
            "Fetch the newest checkpoint and stay within its size.",
        ),
    ),
    "tile.size": Sentence(
        422,
        ("切片“{path}”的字节数（{bytes}）不对。", _AGAIN_ZH),
        ("The tile “{path}” has a wrong number of bytes ({bytes}).", _AGAIN_EN),
    ),
    "tile.bundle": Sentence(
        422,
        ("条目包（{bytes} 字节）被截断。", _AGAIN_ZH),
        ("The entry bundle of {bytes} bytes is cut off.", _AGAIN_EN),
    ),
}
