"""Sentences for trustees, keysets and the release of keys."""

from web.sentences import Sentence

SENTENCES = {
    "trustee.missing": Sentence(
        409,
        ("尚缺受托方：{body}。", "请先登记三方受托方。"),
        ("A trustee is missing: {body}.", "Enrol the trustees of all three bodies first."),
    ),
    "trustee.body": Sentence(
        422,
        ("“{body}”不是受托机构。", "受托机构是 agent、centre、supervisor。"),
        ("“{body}” is no body that holds keys.", "The bodies are agent, centre and supervisor."),
    ),
    "trustee.known": Sentence(
        409,
        ("受托方 {name} 或机构 {body} 已经登记。", "每个机构只有一个受托方。"),
        ("Trustee {name} or body {body} is enrolled already.", "Each body has one trustee."),
    ),
    "trustee.keys": Sentence(
        422,
        ("受托方 {name} 的密钥与名称不符，或与他人相同。", "请在受托方自己的机器上重新生成。"),
        (
            "The keys of trustee {name} do not fit its name, or are another's.",
            "Make them again on the trustee's own machine.",
        ),
    ),
    "trustee.pool-away": Sentence(
        503,
        ("暂时取不到待核对的抽取名单。", "程序会自动重试；请检查与平台的连接。"),
        ("The pool to be audited cannot be fetched now.", "The program asks again by itself; look at the connection."),
    ),
    "trustee.unknown": Sentence(
        403,
        ("请求没有有效的受托方签名。", "请检查受托方的状态文件与登记是否一致。"),
        ("The request bears no valid signature of a trustee.", "Check that the state file is the enrolled one."),
    ),
    "trustee.clock": Sentence(
        409,
        ("受托方的时钟（{told}）与平台（{now}）相差过大。", "请校准受托方机器的时钟。"),
        (
            "The trustee's clock ({told}) is too far from the platform's ({now}).",
            "Set the clock of the trustee's machine.",
        ),
    ),
    "trustee.checkpoint": Sentence(
        404,
        ("没有大小为 {size} 的检查点。", "请向平台重新取得最新检查点。"),
        ("There is no checkpoint of size {size}.", "Fetch the newest checkpoint again."),
    ),
    "trustee.answer": Sentence(
        422,
        ("受托方 {trustee} 对“{kind}”的答复未通过验证。", "请检查该受托方的程序与状态文件。"),
        ("The answer of {trustee} to “{kind}” does not verify.", "Check that trustee's program and state file."),
    ),
    "trustee.commitments": Sentence(
        409,
        ("抽取 {draw} 的三方承诺不齐或不符。", "本次抽取不得继续，请通知监督部门。"),
        (
            "The three commitments of draw {draw} are not complete or not right.",
            "This draw may not go on; tell the supervising body.",
        ),
    ),
    "trustee.damaged": Sentence(
        500,
        ("受托方状态文件 {path} 已损坏。", "请用纸质备份恢复；不要新建。"),
        ("The trustee's state file {path} is damaged.", "Restore it from the paper backup; do not make a new one."),
    ),
    "trustee.no-state": Sentence(
        404,
        ("没有受托方状态文件 {path}。", "请先运行 openhall trustee init。"),
        ("There is no trustee state file {path}.", "Run openhall trustee init first."),
    ),
    "trustee.exists": Sentence(
        409,
        ("状态文件 {path} 已存在，不会被覆盖。", "请换一个路径；旧文件含有密钥，须妥善保存。"),
        (
            "The state file {path} exists and is not overwritten.",
            "Choose another path; the old file holds keys, keep it safe.",
        ),
    ),
    "trustee.draw-number": Sentence(
        409,
        ("抽取 {draw} 不是上一次（{last}）之后的一次。", "重复抽取须有监督部门签署的理由。"),
        ("Draw {draw} does not follow the last one ({last}).", "A repeated draw needs the supervisor's signed reason."),
    ),
    "trustee.foreign-state": Sentence(
        409,
        (
            "机构 {body} 的状态文件 {path} 与登记的受托方不同。",
            "请恢复原来的状态文件，或清空演示数据（openhall reset --yes）。",
        ),
        (
            "The state file {path} of {body} is not the enrolled trustee's.",
            "Restore the original file, or empty the demo data (openhall reset --yes).",
        ),
    ),
    "trustee.not-my-key": Sentence(
        409,
        ("标段 {section} 的开标密钥组文件中没有本受托方的密钥。", "拒绝签署；请向平台查询。"),
        ("The keyset of section {section} does not list this trustee's key.", "It is not signed; ask the platform."),
    ),
    "trustee.keyset": Sentence(
        409,
        ("标段“{section}”的密钥组不是由三家受托方按两人以上共同开启组成。", "请核对受托方名单与门限后重新生成。"),
        (
            "The keyset of section “{section}” is not of the three pinned trustees, or fewer than two could open it.",
            "Compare custodians and threshold with the policy and make it anew.",
        ),
    ),
    "trustee.keyset-twice": Sentence(
        409,
        ("标段“{section}”的同一密钥已有另一份密钥组文件，拒绝再签。", "请用新的编号重新生成密钥组。"),
        (
            "Another keyset document stands on the same key of section “{section}”; a second one is not signed.",
            "Make a new keyset under a new id.",
        ),
    ),
    "trustee.not-audited": Sentence(
        409,
        ("抽取“{draw}”的专家库快照未经本监督方核对，拒绝承诺。", "请先把冻结的名单送监督方核对。"),
        (
            "The frozen pool of draw “{draw}” is not the one this supervisor audited; no commitment is given.",
            "Send the frozen pool for audit first.",
        ),
    ),
    "trustee.unknown-duty": Sentence(
        422,
        ("本版本的受托方不认识任务“{kind}”。", "请升级受托方程序。"),
        ("This trustee does not know the duty “{kind}”.", "Upgrade the trustee's program."),
    ),
    "duty.unknown": Sentence(
        404,
        ("没有任务 {duty}。", "请重新向平台查询任务。"),
        ("There is no duty {duty}.", "Ask the platform for duties again."),
    ),
    "duty.answered": Sentence(
        409,
        ("任务 {duty} 已经答复。", "无需重复答复。"),
        ("Duty {duty} is answered already.", "No second answer is needed."),
    ),
    "keyset.unpublished": Sentence(
        404,
        ("标段 {section} 的开标密钥组尚未发布。", "请等待三方受托方签署。"),
        ("The keyset of section {section} is not published yet.", "Wait until the three trustees have signed."),
    ),
    "release.unknown-keyset": Sentence(
        409,
        ("本受托方没有签署过开标密钥组 {keyset}。", "拒绝释放。"),
        ("This trustee never signed the keyset {keyset}.", "Nothing is released."),
    ),
    "release.too-early": Sentence(
        409,
        ("截止时间 {deadline} 未到。", "到时自动释放。"),
        ("The deadline {deadline} has not come.", "The key is released by itself when it has."),
    ),
    "release.unstamped": Sentence(
        409,
        (
            "标段 {section} 的日志检查点尚无时间戳：{why}。",
            "时间戳服务答复后自动释放；长时间无答复请检查其地址和证书。",
        ),
        (
            "The checkpoint for section {section} has no time token of this trustee's authority: {why}.",
            "The key is released by itself when it has; check the authority's address and certificate if it takes long.",
        ),
    ),
    "release.event": Sentence(
        409,
        ("所示事件应为 {expected}，实为 {found} 或其内容不符。", "拒绝释放；请查公开日志。"),
        (
            "The event shown should be {expected}, but is {found} or says something else.",
            "Nothing is released; look into the public log.",
        ),
    ),
    "release.minimum": Sentence(
        409,
        ("投标 {listed} 份，少于 {minimum} 份，不得开标。", "依法重新招标。"),
        ("{listed} bids are listed, fewer than {minimum}: nothing may be opened.", "The law asks for a new tender."),
    ),
    "release.wrong-key": Sentence(
        409,
        ("{custodian} 释放的密钥与公布的公钥不符。", "已记录；由其他受托方补足。"),
        (
            "The key released by {custodian} is not the published one.",
            "It is on record; the other trustees' keys are used.",
        ),
    ),
    "release.no-record": Sentence(
        409,
        ("{custodian} 释放密钥时没有附交监督部门的副本。", "拒绝接收；请升级该受托方程序后重新释放。"),
        (
            "{custodian} released its key without the record for the supervising body.",
            "It is not taken; upgrade that trustee's program, and it is released again.",
        ),
    ),
    "release.other-record-key": Sentence(
        409,
        ("{name} 的副本接收公钥未经其签名，或与本受托方已固定的不同。", "拒绝释放；请监督部门核对后联系平台。"),
        (
            "The key for records of {name} is not signed by it, or is another than the one pinned here.",
            "Nothing is released; have the supervising body compare it, and tell the platform.",
        ),
    ),
    "release.signature": Sentence(
        409,
        ("公开日志中 {custodian} 的释放记录没有其有效签名。", "已记录；请查公开日志并告知监督部门。"),
        (
            "The release of {custodian} in the public log does not bear its signature.",
            "It is on record; look into the public log and tell the supervising body.",
        ),
    ),
    "log.empty": Sentence(
        404,
        ("公开日志还没有经见证的检查点。", "请几秒后再试。"),
        ("The public log has no co-signed checkpoint yet.", "Try again in some seconds."),
    ),
    "log.no-tile": Sentence(
        404,
        ("没有日志分片 {path}。", "请按最新检查点的大小请求。"),
        ("There is no log tile {path}.", "Ask for tiles within the newest checkpoint."),
    ),
    "platform.answer": Sentence(
        502,
        ("平台的答复无法理解（{status}）。", "请检查地址，稍后再试。"),
        ("The platform's answer was not understood ({status}).", "Check the address and try again later."),
    ),
    "platform.silent": Sentence(
        504,
        ("平台 {origin} 在 {seconds} 秒内没有响应。", "请查看 logs 目录中的 web.log。"),
        ("The platform at {origin} did not answer within {seconds} seconds.", "Look into web.log in the logs folder."),
    ),
    "demo.seal": Sentence(
        500, ("封存失败：{told}", "请查看上面的原因。"), ("Sealing failed: {told}", "See the reason above.")
    ),
    "demo.slow": Sentence(
        500,
        ("机器太慢，超过截止时间 {seconds} 秒。", "请在空闲的机器上重试。"),
        ("The machine was too slow by {seconds} seconds before the deadline.", "Try again on a quieter machine."),
    ),
    "demo.waited": Sentence(
        500,
        ("等待“{what}”超时。", "请查看 logs 目录。"),
        ("Waiting for “{what}” took too long.", "Look into the logs folder."),
    ),
}
