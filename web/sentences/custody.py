"""Sentences for the trustee's own program: state file, epochs, paper, confirmation, readiness, bodies that must be apart."""

from web.sentences import Sentence

SENTENCES = {
    "trustee.passphrase": Sentence(
        401,
        ("状态文件 {path} 的口令缺失或不正确。", "请重新输入口令；口令遗失时用纸质备份恢复。"),
        (
            "The passphrase of the state file {path} is missing or wrong.",
            "Give it again; if it is lost, restore from the paper backup.",
        ),
    ),
    "trustee.passphrase-short": Sentence(
        422,
        ("口令至少 {fewest} 个字符。", "请改用更长的口令，例如几个不相关的词。"),
        ("A passphrase has at least {fewest} characters.", "Choose a longer one, such as several unrelated words."),
    ),
    "trustee.unwritable": Sentence(
        507,
        ("无法写入 {path}：{why}。", "未作任何答复。请检查磁盘空间与权限后重试。"),
        (
            "{path} cannot be written: {why}.",
            "Nothing was answered. Look at disk space and permissions, then try again.",
        ),
    ),
    "trustee.too-open": Sentence(
        403,
        ("状态文件 {path} 他人可读。", "请执行 chmod 600，并查明是谁读过。"),
        ("Others can read the state file {path}.", "Run chmod 600 on it, and find out who has read it."),
    ),
    "trustee.foreign-file": Sentence(
        409,
        ("{path} 不是受托方状态文件，而是“{format}”。", "请核对路径。"),
        ("{path} is no trustee's state file but “{format}”.", "Check the path."),
    ),
    "trustee.running": Sentence(
        409,
        ("状态文件 {path} 正被运行中的受托方程序使用。", "请先停止该程序，完成后再启动；其间另两方足以开标。"),
        (
            "A running trustee holds the state file {path}.",
            "Stop it first and start it again afterwards; the other two suffice meanwhile.",
        ),
    ),
    "trustee.open-state": Sentence(
        409,
        ("状态文件 {path} 没有口令保护。", "正式环境请以口令重新 init 或 restore；演示环境请加 --unprotected。"),
        (
            "The state file {path} has no passphrase.",
            "Make it anew with one (init or restore); a demonstration adds --unprotected.",
        ),
    ),
    "trustee.not-agreed": Sentence(
        409,
        ("未确认，什么也没有改变。", "如确要继续，请输入 {word}。"),
        ("It was not agreed to, and nothing has changed.", "To go on, type {word}."),
    ),
    "trustee.epoch-paper": Sentence(
        409,
        ("年度密钥 {epoch} 来自纸质备份，只用于释放，不再产生新密钥。", "请运行 openhall trustee epoch begin。"),
        (
            "Epoch {epoch} came from paper: it releases, and gives no new keys.",
            "Run openhall trustee epoch begin.",
        ),
    ),
    "trustee.epoch-gone": Sentence(
        410,
        ("标段 {section} 的密钥出自年度密钥 {epoch}，该密钥已不在本机。", "请用含有该年度的纸质备份恢复。"),
        (
            "The key of section {section} comes from epoch {epoch}, which is no longer here.",
            "Restore from a paper backup that holds that epoch.",
        ),
    ),
    "trustee.epoch-unknown": Sentence(
        404,
        ("没有年度密钥 {epoch}。", "用 openhall trustee epoch list 查看。"),
        ("There is no epoch {epoch}.", "See openhall trustee epoch list."),
    ),
    "trustee.epoch-current": Sentence(
        409,
        ("年度密钥 {epoch} 正在使用，不能销毁。", "请先开始新的年度密钥。"),
        ("Epoch {epoch} is in use and cannot be destroyed.", "Begin a new epoch first."),
    ),
    "trustee.epoch-identity": Sentence(
        409,
        ("密钥 {epoch} 同时是本受托方的身份，不能单独销毁。", "请保留；更换受托方时一并销毁。"),
        (
            "The seed of {epoch} is this trustee's identity too and cannot be destroyed alone.",
            "Keep it until the trustee itself is replaced.",
        ),
    ),
    "trustee.epoch-needed": Sentence(
        409,
        ("标段 {section} 的截止时间 {deadline} 未到，仍需年度密钥 {epoch}。", "请在该年度全部标段归档后再销毁。"),
        (
            "Section {section} with the deadline {deadline} still needs epoch {epoch}.",
            "Destroy it once all its sections are archived.",
        ),
    ),
    "trustee.sole-quorum": Sentence(
        409,
        ("标段 {section} 的开标密钥组缺了本方就无法开标，不能采用人工确认。", "请去掉 --confirm 后再签署。"),
        (
            "Without this trustee the keyset of section {section} could not be opened: no person may hold it up.",
            "Start without --confirm and sign then.",
        ),
    ),
    "trustee.confirming": Sentence(
        409,
        ("受托方 {other} 已采用人工确认；最多一方可以采用，否则不能自动开标。", "请去掉 --confirm 后重新启动。"),
        (
            "Trustee {other} waits for a person already; only one may, or nothing would open by itself.",
            "Start again without --confirm.",
        ),
    ),
    "trustee.draw-lost": Sentence(
        410,
        ("本受托方恢复后已没有抽取 {draw} 的随机数。", "本次抽取作废，由监督部门同意后重抽。"),
        (
            "Since its restore this trustee no longer has its number for draw {draw}.",
            "This draw ends; a new one needs the supervisor's reason.",
        ),
    ),
    "trustee.other-policy": Sentence(
        409,
        (
            "平台出示的策略文件与纸质备份记载的（SHA-256 {expected}）不同。",
            "请向另两方核对；确有更换的，恢复时用 --policy 指定。",
        ),
        (
            "The platform shows another policy than paper remembers (SHA-256 {expected}).",
            "Compare it with the other two bodies; if it was changed rightly, restore with --policy.",
        ),
    ),
    "trustee.no-others": Sentence(
        409,
        (
            "从纸质备份恢复后，须从另外两方在一小时内联署的检查点起步（{why}）。",
            "请等待，或用另一方 openhall trustee status --checkpoint 的输出恢复。",
        ),
        (
            "Rebuilt from paper, this witness begins from a checkpoint that both others signed within the hour ({why}).",
            "Wait for them, or restore with another body's openhall trustee status --checkpoint.",
        ),
    ),
    "trustee.unprotected": Sentence(
        403,
        ("受托方的状态文件没有口令保护，演示环境之外不予接受。", "请以口令重新建立。"),
        (
            "The trustee's state file has no passphrase, which is accepted in demonstrations only.",
            "Make it anew with one.",
        ),
    ),
    "trustee.host": Sentence(
        422,
        ("登记缺少：{missing}。", "请在 init 时给出 --administrator 与 --custody，并在有机器标识的主机上运行。"),
        (
            "The enrolment does not tell: {missing}.",
            "Give --administrator and --custody at init, on a machine that has an identity of its own.",
        ),
    ),
    "trustee.same-host": Sentence(
        409,
        ("与受托方 {other} 运行在同一台主机上。", "三方须各用自己的机器；容器与虚拟机也不得同在一台。"),
        (
            "It runs on the same host as trustee {other}.",
            "Each body uses a machine of its own; containers on one machine are one host.",
        ),
    ),
    "trustee.same-administrator": Sentence(
        409,
        ("与受托方 {other} 由同一管理员负责。", "三方须各有自己的管理员。"),
        ("It has the same administrator as trustee {other}.", "Each body has an administrator of its own."),
    ),
    "trustee.same-custody": Sentence(
        409,
        ("与受托方 {other} 的密钥保管于同一处。", "三方的状态文件与纸质备份须分开保管。"),
        (
            "Its keys are kept in the same place as those of trustee {other}.",
            "Each body keeps its state file and its paper in a place of its own.",
        ),
    ),
    "trustee.line": Sentence(
        422,
        ("登记内容不是 openhall trustee init 打印的那一行。", "请完整复制整行。"),
        ("This is not the line that openhall trustee init printed.", "Copy the whole line."),
    ),
    "release.unconfirmed": Sentence(
        409,
        ("标段 {section} 的密钥等待本机构人员确认。", "请运行 openhall trustee confirm。"),
        ("The key of section {section} waits for a person of this body.", "Run openhall trustee confirm."),
    ),
    "release.deadline": Sentence(
        409,
        ("事件所载截止时间 {stated} 早于应有的 {deadline}。", "拒绝释放；请查公开日志。"),
        (
            "The event states the deadline {stated}, which is before the one that holds, {deadline}.",
            "Nothing is released; look into the public log.",
        ),
    ),
    "release.list": Sentence(
        409,
        ("投标 {bid} 不在标段 {section} 截止时封存的名单中。", "拒绝释放；请查公开日志。"),
        (
            "Bid {bid} does not stand in the list frozen at the deadline of section {section}.",
            "Nothing is released; look into the public log.",
        ),
    ),
    "paper.line": Sentence(
        422,
        ("第 {line} 行有误：校验不符。", "请对照纸面逐组核对该行。"),
        ("Line {line} is wrong: it does not check.", "Compare its groups with the sheet, one by one."),
    ),
    "paper.short": Sentence(
        422,
        ("这一页不完整：读到 {lines} 行。", "请检查是否漏行，且各行次序正确。"),
        ("The sheet is not whole: {lines} lines were read.", "Look for a missing line or a wrong order."),
    ),
    "paper.same-sheet": Sentence(
        422,
        ("两次都是第 {sheet} 页。", "请换另一页。"),
        ("Both are sheet {sheet}.", "Take another one as the second."),
    ),
    "paper.other-set": Sentence(
        422,
        ("两页不是同一次打印的。", "请用同一打印日期的两页；旧页应已销毁。"),
        (
            "The two sheets are of different printings.",
            "Take two with the same date; older ones should have been destroyed.",
        ),
    ),
    "paper.damaged": Sentence(
        422,
        ("两页合起来不成立。", "请用第三页再试。"),
        ("The two sheets do not fit together.", "Try the third one."),
    ),
    "paper.other-trustee": Sentence(
        409,
        ("这两页属于 {name}，不是本受托方。", "请核对纸面上的名称。"),
        ("The sheets are those of {name}, not of this trustee.", "Check the name on them."),
    ),
    "paper.outdated": Sentence(
        409,
        ("纸面上没有 {epoch} 的内容。", "请重新打印备份并销毁旧页。"),
        ("The sheets lack {epoch}.", "Print a new backup and destroy the old sheets."),
    ),
    "paper.two": Sentence(
        422,
        ("需要两页，给了 {given} 页。", "请用 --sheet 给出两个文件，或在终端逐行输入。"),
        ("Two sheets are needed, {given} were given.", "Give --sheet twice, or type them at a terminal."),
    ),
    "paper.policy": Sentence(
        422,
        ("使用 --checkpoint 时须同时给出 --policy。", "请向另一方取得策略文件。"),
        ("--checkpoint needs --policy beside it.", "Get the policy file from another body."),
    ),
}
