"""Sentences for sealed bids, keysets, manifests, envelopes and signatures."""

from web.sentences import Sentence

SENTENCES = {
    "seal.version": Sentence(
        422,
        ("该文件不是 sealed-bid/v1 密封投标文件。", "请选择密封工具生成的 .sealed 文件。"),
        ("This is not a sealed-bid/v1 container.", "Choose a .sealed file made by the sealing tool."),
    ),
    "seal.suite": Sentence(
        422,
        ("不支持的密码套件：{suite}。", "请使用密钥组指定的密码套件重新密封。"),
        ("The cipher suite {suite} is not supported.", "Seal again with the suite that the keyset names."),
    ),
    "seal.line": Sentence(
        422,
        ("密封文件头第 {number} 行不符合格式。", "请重新密封，不要改动文件。"),
        ("Line {number} of the header is not as the format says.", "Seal again and do not edit the file."),
    ),
    "seal.crlf": Sentence(
        422,
        ("密封文件头第 {number} 行含回车符。", "请以二进制方式传输原文件。"),
        ("Line {number} of the header holds a carriage return.", "Transfer the original file in binary mode."),
    ),
    "seal.base64": Sentence(
        422,
        ("“{field}”不是合格的 Base64。", "请使用标准、带填充、长度正确的 Base64。"),
        ("“{field}” is not well-formed base64.", "Use standard, padded base64 of the right length."),
    ),
    "seal.policy": Sentence(
        422,
        ("开启规则“{policy}”不合格或与密钥组不一致。", "请按密钥组重新密封。"),
        ("The policy “{policy}” is malformed or not the keyset's.", "Seal again with the keyset."),
    ),
    "seal.share": Sentence(
        422,
        ("各份额不在同一多项式上。", "此为密封方造成，请记录并按投标人原因处理。"),
        ("The shares do not lie on one polynomial.", "The sealer caused this; record it as the bidder's side."),
    ),
    "seal.too-few": Sentence(
        409,
        ("已释放密钥 {have} 个，需要 {need} 个。", "请等待其他保管方释放密钥。"),
        ("{have} released keys are there, {need} are needed.", "Wait for another custodian's release."),
    ),
    "seal.key": Sentence(
        422,
        ("保管方 {custodian} 释放的密钥与密钥组不符。", "请该保管方重新释放，并记录其责任。"),
        (
            "The key released by custodian {custodian} is not the keyset's.",
            "Ask that custodian for the right key and record the cause.",
        ),
    ),
    "seal.wrap": Sentence(
        422,
        ("第 {custodian} 份额无法解开：密钥不符，或份额、文件头已损坏。", "请核对密钥组，并用清单根值核对文件。"),
        (
            "Share {custodian} does not unwrap: wrong key, damaged share or damaged header.",
            "Check the keys against the keyset and the file against the manifest's root.",
        ),
    ),
    "seal.bidder": Sentence(
        422,
        ("投标人密钥因子或投标人标识不符（{field}）。", "请使用本次投标的投标工具包与清单。"),
        (
            "The bidder's factor or the bidder line is not right ({field}).",
            "Use the bid kit and the manifest of this bid.",
        ),
    ),
    "seal.commitment": Sentence(
        422,
        ("承诺值不符：投标人密钥因子错误、文件头被改动或内容与清单不一致。", "请核对投标工具包与清单。"),
        (
            "The commitment does not hold: wrong bidder factor, a changed header, or other content than listed.",
            "Check the bid kit and the manifest.",
        ),
    ),
    "seal.chunk": Sentence(
        422,
        ("第 {number} 个数据块未通过校验：文件被改动、损坏或截断。", "请由投标人重新提交与清单根值一致的文件。"),
        (
            "Chunk {number} does not authenticate: changed, damaged or cut.",
            "Let the bidder supply the bytes that match the manifest's root.",
        ),
    ),
    "seal.truncated": Sentence(
        422,
        ("文件不完整，末尾缺失。", "请重新传输完整文件。"),
        ("The file ends too early.", "Transfer the whole file again."),
    ),
    "seal.extended": Sentence(
        422,
        ("文件末尾有多余内容。", "请使用原文件，不要追加内容。"),
        ("Something follows the end of the container.", "Use the original file without anything appended."),
    ),
    "seal.section": Sentence(
        422,
        ("该文件属于 {found}，不属于 {expected}。", "请为本标段、本轮次重新密封。"),
        ("It belongs to {found}, not to {expected}.", "Seal again for this section and round."),
    ),
    "seal.deadline": Sentence(
        422,
        ("文件头中的截止时间 {found} 与密钥组的 {expected} 不一致。", "请用最新密钥组重新密封。"),
        ("The header's deadline {found} is not the keyset's {expected}.", "Seal again with the present keyset."),
    ),
    "seal.keyset": Sentence(
        422,
        ("密钥组不合格（{field}）。", "请从公告下载密钥组，并核对公告中的哈希值。"),
        ("The keyset is not acceptable ({field}).", "Download it from the notice and compare the notice's hash."),
    ),
    "seal.manifest": Sentence(
        422,
        ("投标清单不合格（{field}）。", "请重新密封并提交新生成的清单。"),
        ("The manifest is not acceptable ({field}).", "Seal again and submit the manifest made with it."),
    ),
    "seal.interrupted": Sentence(
        409,
        ("操作已中断，未留下任何文件。", "需要时请重新执行同一命令。"),
        ("Interrupted; no file was left behind.", "Run the same command again when you are ready."),
    ),
    "seal.file": Sentence(
        422,
        ("文件 {name} 无法使用：{why}。", "请检查路径、权限与磁盘空间。"),
        ("{name} cannot be used: {why}.", "Check the path, the permissions and the free space."),
    ),
    "kit.passphrase": Sentence(
        422,
        (
            "投标工具包口令缺失或错误，或文件已损坏。",
            "请再试一次；忘记口令的，请在投标截止前重新封存：任何人都无法找回口令。",
        ),
        (
            "The bid kit's passphrase is missing or wrong, or the kit is damaged.",
            "Try again; if it is forgotten, seal anew before the deadline: nobody can restore it.",
        ),
    ),
    "kit.bad": Sentence(
        422,
        ("投标工具包不合格（{field}）。", "请使用密封时生成的 kit.json。"),
        ("The bid kit is not acceptable ({field}).", "Use the kit.json that sealing left."),
    ),
    "envelope.unreadable": Sentence(
        422,
        ("加密信封无法打开：密钥不符或内容已改动。", "请确认收件方密钥，并重新发送。"),
        ("The envelope does not open: another key, or it was changed.", "Check the recipient's key and send it again."),
    ),
    "envelope.bad-key": Sentence(
        422,
        ("收件方公钥无效。", "请核对公布的 X25519 公钥。"),
        ("The recipient's public key is of no use.", "Check the published X25519 key."),
    ),
    "signature.bad-key": Sentence(
        422,
        ("签名私钥无效。", "请使用 P-256 私钥文件。"),
        ("This is no private signing key.", "Use a P-256 key file."),
    ),
    "signature.label": Sentence(
        422,
        ("签名用途“{label}”或摘要不合格。", "请更新软件后重试。"),
        ("The signing label “{label}” or its digest is malformed.", "Update the software and try again."),
    ),
}
