"""Sentences for what `openhall verify` refuses: the file, its events, and every claim that does not follow from them."""

from web.sentences import Sentence

_KEEP_ZH, _KEEP_EN = "请保留该文件并向监督部门报告。", "Keep the file and report it to the supervising body."
_AGAIN_ZH, _AGAIN_EN = (
    "请重新下载原文件；仍不通过的，向监督部门报告。",
    "Download the file again; if it still fails, report it to the supervising body.",
)


def _keep(zh: str, en: str) -> Sentence:
    return Sentence(422, (zh, _KEEP_ZH), (en, _KEEP_EN))


def _again(zh: str, en: str) -> Sentence:
    return Sentence(422, (zh, _AGAIN_ZH), (en, _AGAIN_EN))


FILE = {
    "evidence.time-token": Sentence(
        422,
        ("时间戳与证据不符：{why}。", "请保留该文件并向监督部门报告。"),
        (
            "A time token does not belong to this evidence: {why}.",
            "Keep the file and report it to the supervising body.",
        ),
    ),
    "evidence.zip": _again("该文件不是完整的证据文件：{why}。", "This is not an evidence file in its one form: {why}."),
    "evidence.json": _again("{where} 不是规范 JSON：{why}", "{where} is not canonical JSON: {why}"),
    "evidence.member-missing": _again("证据文件缺少成员。", "A member that the file must hold is missing."),
    "evidence.member-unlisted": _again("有成员未列入索引。", "A member is not listed in the index."),
    "evidence.member-changed": _again("该成员与索引不一致。", "The member is not the one the index lists."),
    "evidence.member-unknown": _again("有成员与任何事件无关。", "A member belongs to no event of the section."),
    "evidence.policy-differs": Sentence(
        422,
        ("文件自带的信任策略与所给策略不同（{part}）。", "请核对策略文件来源；文件可能由他人密钥重制。"),
        (
            "The file's own policy is not the given one ({part}).",
            "Check where the policy is from; the file may have been rebuilt with foreign keys.",
        ),
    ),
    "evidence.policy-weak": Sentence(
        422,
        ("信任策略缺少“{part}”，不足以核验标段。", "请使用平台公布的完整策略文件。"),
        ("The policy lacks “{part}”, on which a section's evidence rests.", "Use the whole policy as published."),
    ),
    "verify.file": Sentence(
        422,
        ("无法读取文件 {file}：{why}。", "请检查路径和读取权限。"),
        ("The file {file} cannot be read: {why}.", "Check its path and permissions."),
    ),
    "verify.draw": Sentence(
        422,
        ("该抽取文件缺少“{field}”，无从核验。", "请使用公布的完整抽取证据文件；仅复算可用 recompute draw。"),
        ("The draw's file lacks “{field}”, so there is nothing to verify.", "Use the file as published in full."),
    ),
    "verify.draw-differs": _keep("复算结果与文件所载不同：{path}。", "Recomputing gives another result at {path}."),
}

EVENTS = {
    "evidence.event-unknown": _keep("有不属于该格式的事件“{name}”。", "The event “{name}” is not of this format."),
    "evidence.event-missing": _keep("缺少事件“{name}”。", "The event “{name}” is missing."),
    "evidence.event-twice": _keep("事件“{name}”出现了两次。", "The event “{name}” stands twice."),
    "evidence.chain": _keep(
        "事件链中断：编号应为 {expected}，且须指向前一事件。",
        "The chain of events is broken: number {expected}, pointing to the one before, was due.",
    ),
    "evidence.link": _keep(
        "事件 {number} 的链接与其编号和前一事件不符。", "The link of event {number} opens to something else."
    ),
    "evidence.section": _keep(
        "事件属于“{found}”，而不是“{expected}”。", "The event is about “{found}”, not about “{expected}”."
    ),
    "evidence.extra": _again("证明带有无人签名的附加行。", "The proof bears an extra line that nobody signed."),
    "evidence.seal": _keep("封印不成立：{why}。", "The seal does not hold: {why}."),
    "evidence.fork": _keep(
        "同为 {size} 条的日志有两个不同的根：日志分叉。", "The log of {size} entries has two roots: it was forked."
    ),
    "evidence.leaf-order": _keep(
        "事件在日志第 {leaf} 位，不在前一事件（第 {before} 位）之后。",
        "The event stands at place {leaf} of the log, not after the one before ({before}).",
    ),
    "evidence.time": _keep("事件时间 {at} 晚于其共签时间。", "The event's time {at} is later than its co-signing."),
    "evidence.time-order": _keep(
        "事件时间 {at} 远早于其前的事件（{before}）。",
        "The event's time {at} lies far before that of an earlier event ({before}).",
    ),
    "evidence.time-format": _keep("“{text}”不是规定格式的时间。", "“{text}” is not a time in the prescribed form."),
    "evidence.order": _keep("“{then}”须在“{first}”之后。", "“{then}” must come after “{first}”."),
    "evidence.not-cosigned": _keep(
        "“{then}”发生时，前提事件（{first}）尚未共签。",
        "When “{then}” was logged, what it rests on ({first}) was not co-signed.",
    ),
    "evidence.early": _keep(
        "“{name}”早于规定时间 {earliest}（事件时间或共签时间）。",
        "“{name}” happened, or was co-signed, before {earliest}.",
    ),
}

TENDER = {
    "evidence.document": _keep(
        "招标文件摘要与其内容不符。", "The tender document's digest is not that of its contents."
    ),
    "evidence.keyset": _keep("密钥组不成立（{field}）。", "The keyset does not hold ({field})."),
    "evidence.notice": _keep(
        "招标公告与招标文件或密钥组不符（{field}）。", "The notice contradicts document or keyset ({field})."
    ),
    "evidence.late": _keep(
        "投标事件时间 {at} 不早于截止时间 {deadline}。", "The bid's time {at} is not before {deadline}."
    ),
    "evidence.bid": _keep(
        "投标清单与日志记录不符（{field}）。", "The bid's manifest is not the one that was logged ({field})."
    ),
    "evidence.bid-twice": _keep("投标“{bid}”提交了两次。", "The bid “{bid}” was submitted twice."),
    "evidence.bid-standing": _keep(
        "投标“{bid}”的替换或撤回不成立：原投标不存在或不属于该投标人。",
        "The bid “{bid}” replaces or withdraws what did not stand, or stands beside another of its bidder.",
    ),
    "evidence.addendum": _keep(
        "招标文件的修改或澄清与记录不符（{field}）。",
        "An addendum or answer does not follow from the record ({field}).",
    ),
    "evidence.extension": _keep(
        "延期与记录不符（{field}）。", "An extension does not follow from the record ({field})."
    ),
    "evidence.suspension": _keep(
        "异议答复前的暂停与记录不符（{field}）。", "The record contradicts the suspension by an objection ({field})."
    ),
    "evidence.confirmation": _keep(
        "投标确认与记录不符（{field}）。", "A bid's confirmation does not follow from the record ({field})."
    ),
    "evidence.closing": _keep("截止记录与公告不符（{field}）。", "The closing contradicts the notice ({field})."),
    "evidence.list": _keep(
        "冻结名单不完整或有误：列出 {listed} 份，有效 {standing} 份，缺少 {missing}。",
        "The frozen list is wrong: {listed} listed, {standing} stood, missing {missing}.",
    ),
    "evidence.minimum": _keep(
        "最少投标数为 {minimum}，记录为 {stated}。", "The fewest bids are {minimum}, the record says {stated}."
    ),
    "evidence.outcome": _keep(
        "截止结果应为“{expected}”，记录为“{stated}”。", "The outcome is “{expected}”, the record says “{stated}”."
    ),
    "evidence.failure-notice": _keep(
        "流标公告与记录不符（{field}）。", "The notice of the failure contradicts the record ({field})."
    ),
    "evidence.failed-section": _keep(
        "标段因只剩 {bids} 份投标而流标，其记录中不得有“{name}”。",
        "The section failed with {bids} bids; “{name}” must not stand in its record.",
    ),
}

OPENING = {
    "evidence.release": _keep(
        "保管方“{custodian}”的密钥释放记录不成立。", "The release recorded for “{custodian}” does not hold."
    ),
    "evidence.too-few-keys": _keep(
        "打开前只释放了 {have} 把密钥，需要 {need} 把。", "Only {have} keys were released before, {need} are needed."
    ),
    "evidence.opened-twice": _keep(
        "投标“{bid}”不在冻结名单，或开标两次。", "The bid “{bid}” is not in the frozen list, or was opened twice."
    ),
    "evidence.not-opened": _keep(
        "名单中的投标“{bid}”既未开启，也未说明原因。", "The listed bid “{bid}” was neither opened nor explained."
    ),
    "evidence.bidder": _keep(
        "唱标的投标人“{bidder}”不是签名证书所载的“{certified}”。",
        "The bidder read out, “{bidder}”, is not the certified one, “{certified}”.",
    ),
    "evidence.form": _keep(
        "投标“{bid}”的开标一览表与截止前的承诺不符。",
        "The opening form of “{bid}” is not the one committed to before the deadline.",
    ),
    "evidence.left-out": _keep(
        "投标“{bid}”未打开的经过前后不符（{verb}）。",
        "What is told of the bid “{bid}” not opening does not fit together ({verb}).",
    ),
    "evidence.files-unchecked": _keep(
        "投标“{bid}”的文件从未核验，也未认定原因。",
        "The files of “{bid}” were neither checked nor is the bid left out for a cause.",
    ),
    "evidence.halted": _keep(
        "只剩 {left} 份投标（至少 {minimum} 份），未经书面决定即继续。",
        "With {left} bids left ({minimum} needed) the section went on without a written decision.",
    ),
    "evidence.record": _keep(
        "开标记录与开启的投标不符（{bid}）。", "The opening record contradicts the opened bids ({bid})."
    ),
    "evidence.confirmation": _keep(
        "投标“{bid}”对开标记录的签认不成立（{field}）。",
        "The confirmation of the opening record for the bid “{bid}” does not hold ({field}).",
    ),
    "evidence.objection": _keep(
        "开标异议“{objection}”或其答复不成立（{field}）。",
        "The objection “{objection}” at the opening, or its answer, does not hold ({field}).",
    ),
    "evidence.factor": _keep(
        "投标人密钥因子的记录不成立（{field}）。", "What is told of bidders' factors does not hold ({field})."
    ),
    "evidence.remedy": _keep(
        "开标补救的记录不成立（{field}）。", "What is told of a remedy at the opening does not hold ({field})."
    ),
    "evidence.overdue": _keep(
        "密钥释放超时的记录不成立（{field}）。", "What is told of keys that came too late does not hold ({field})."
    ),
    "evidence.hall": _keep(
        "主持人的记录“{name}”不成立（{field}）。", "What the host is recorded with, “{name}”, does not hold ({field})."
    ),
    "evidence.settled": _keep(
        "开标记录的定稿不成立（{field}）。", "The opening record was declared final wrongly ({field})."
    ),
}

JUDGING = {
    "evidence.draw": _keep(
        "专家抽取记录前后不符（{field}）。", "The draw's file and its events contradict each other ({field})."
    ),
    "evidence.draw-result": _keep(
        "抽取结果与复算不符（{field}）。", "The draw's result is not the recomputed one ({field})."
    ),
    "evidence.draw-signature": _keep(
        "“{party}”的抽取承诺没有自己受托方的签名。",
        "The commitment of “{party}” is not signed by a trustee of its own.",
    ),
    "evidence.judge": _keep(
        "评委“{judge}”的签到、证书或提交不成立（{serial}）。",
        "Sign-in, certificate or act of judge “{judge}” does not hold ({serial}).",
    ),
    "evidence.judges": _keep(
        "评委与抽取的席位不一致：{differ}。", "The judges are not those of the drawn seats: {differ}."
    ),
    "evidence.replacement": _keep(
        "评委“{judge}”的替换不成立（{field}）。", "The replacement of judge “{judge}” does not hold ({field})."
    ),
    "evidence.representative": _keep(
        "采购人代表“{judge}”的指派不成立（{field}）。",
        "The naming of representative “{judge}” does not hold ({field}).",
    ),
    "evidence.committee-size": _keep(
        "评标委员会共 {experts} 名专家和 {representatives} 名采购人代表，人数不足或为双数，不合规则。",
        "A committee of {experts} experts and {representatives} representatives is too small or even in number.",
    ),
    "evidence.representatives": _keep(
        "评标委员会有 {experts} 名专家和 {representatives} 名采购人代表，不合规则。",
        "A committee of {experts} experts and {representatives} representatives is not what the rules admit.",
    ),
    "evidence.examination": _keep(
        "初步评审记录不成立（{field}）：结论、签名承诺或否决结果与评委的答复不符。",
        "The preliminary examination does not hold ({field}): answers, commitments or rejections do not agree.",
    ),
    "evidence.resolution": _keep(
        "评标委员会第 {number} 号决议或其后的打分不成立（{field}）。",
        "Resolution {number} of the committee, or a lock after it, does not hold ({field}).",
    ),
    "evidence.failure": _keep(
        "流标原因“{reason}”不能由记录的决议、暂停与决定得出。",
        "The failure “{reason}” does not follow from the votes, halts and decisions.",
    ),
    "evidence.marks": _keep(
        "公布的评委“{judge}”打分与其此前签名的承诺不符。",
        "The published marks of “{judge}” are not those committed to before.",
    ),
    "evidence.explanation": _keep(
        "评委对评分的书面说明与记录不符（{field}）。", "The judges' explanations contradict the record ({field})."
    ),
    "evidence.inquiry": _keep(
        "评标委员会的书面询标与记录不符（{field}）。",
        "The committee's written inquiries contradict the record ({field}).",
    ),
    "evidence.evaluation": _keep(
        "评标结果与复算或记录不符（{field}）。", "The evaluation contradicts recomputation or record ({field})."
    ),
    "evidence.second": _keep(
        "第二信封（报价）的开启与记录不符（{field}）。", "The price envelopes contradict the record ({field})."
    ),
    "evidence.report": _keep("评标报告与评标结果不符（{field}）。", "The report contradicts the evaluation ({field})."),
}

RESULT = {
    "evidence.tie": _keep(
        "第 {rank} 名未分先后，不能产生候选人。", "Rank {rank} is not settled, so there is no candidate for it."
    ),
    "evidence.list": _keep(
        "评委名单的双方签名不成立（{field}）。", "The signed list of judges does not hold ({field})."
    ),
    "evidence.tie-decided": _keep(
        "对并列名次的决定不成立（{field}）。", "The decision of the tie does not hold ({field})."
    ),
    "evidence.review": _keep(
        "招标人对评标报告的复核意见不成立（{field}）。",
        "The procuring entity's review of the report does not hold ({field}).",
    ),
    "evidence.correction": _keep(
        "对评分的更正不成立（{field}）。", "The correction of a mark does not hold ({field})."
    ),
    "evidence.qualification": _keep(
        "采购人的资格审查不成立（{field}）。", "The purchaser's examination of qualification does not hold ({field})."
    ),
    "evidence.capacity": _keep(
        "对候选人履约能力的审查不成立（{field}）。",
        "What was asked and found of a candidate's capacity to perform does not hold ({field}).",
    ),
    "evidence.result": _keep("中标结果公告不成立（{field}）。", "The result notice does not hold ({field})."),
    "evidence.choice": _keep(
        "招标人定标不成立（{field}）。", "The procuring entity's choice of the winner does not hold ({field})."
    ),
    "evidence.invited": _keep(
        "邀请投标的记录不成立（{field}）。", "The record of those invited does not hold ({field})."
    ),
    "evidence.not-invited": _keep(
        "投标 {bid} 的投标人不在受邀名单中。", "The bidder of {bid} is not among those invited."
    ),
    "evidence.sitting": _keep(
        "评审的时间或者休会不成立（{field}）。", "The committee's sitting does not hold: its time or a pause ({field})."
    ),
    "evidence.way": _keep(
        "招标人对后续处理的决定不成立（{field}）。",
        "The procuring entity's decision how the result goes on does not hold ({field}).",
    ),
    "evidence.objection": _keep(
        "第 {number} 号结果异议没有在公示结束前依法处理，或者异议成立而未作后续处理。",
        "Objection no. {number} to the result was not settled before the publicity ended, or was upheld without a way on.",
    ),
    "evidence.candidates": _keep(
        "公示的第 {rank} 中标候选人与评标结果不符。", "The published candidate of rank {rank} is not the computed one."
    ),
    "evidence.award": _keep("中标人“{winner}”不是第一候选人。", "The winner “{winner}” is not the first candidate."),
    "evidence.letters": _keep(
        "投标 {bid} 的结果通知书与截止时的投标名单不符：应收到者未收到，或收到者不在名单。",
        "The letters on the result are not those to the bids that stood at the deadline: bid {bid}.",
    ),
    "evidence.page": _keep("可读报告与事件不符。", "The readable report is not the one these events give."),
}

SENTENCES = FILE | EVENTS | TENDER | OPENING | JUDGING | RESULT
