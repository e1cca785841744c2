"""Sentences for asking for a committee, replacing its judges, and what it resolves together."""

from web.sentences import Sentence

PANEL = {
    "panel.not-now": Sentence(
        409,
        ("当前阶段（{state}）不能抽取评委；允许的阶段：{allowed}（{source}）。", "请在允许的阶段再申请抽取。"),
        ("No judges are drawn at this stage ({state}); the rule set allows {allowed} ({source}).", "Ask again then."),
    ),
    "panel.size": Sentence(
        422,
        ("评标委员会只有 {size} 人，至少须 {minimum} 人（{source}）。", "请增加各专业人数。"),
        ("A committee of {size} is too small: {minimum} at least ({source}).", "Ask for more judges."),
    ),
    "panel.even": Sentence(
        422,
        ("评标委员会人数须为单数，申请的是 {size} 人（{source}）。", "请增加或减少一人。"),
        ("A committee has an odd number of judges, not {size} ({source}).", "Ask for one more or one fewer."),
    ),
    "panel.experts": Sentence(
        422,
        ("{size} 人中只有 {experts} 名专家，专家不得少于 {share}（{source}）。", "请减少采购人代表或增加专家。"),
        (
            "Only {experts} of {size} would be experts; their share is at least {share} ({source}).",
            "Ask for fewer representatives or more experts.",
        ),
    ),
    "panel.representatives": Sentence(
        422,
        ("采购人代表为 {given} 人，最多 {most} 人（{source}）。", "请减少采购人代表。"),
        ("{given} representatives are too many: {most} at most ({source}).", "Name fewer representatives."),
    ),
    "panel.past": Sentence(
        422,
        ("评标时间 {at} 已经过去。", "请填写将来的时间。"),
        ("The evaluation was to begin at {at}, which has passed.", "Give a time to come."),
    ),
    "panel.too-early": Sentence(
        409,
        (
            "评标时间 {at} 过早抽取：抽取须在评标前 {lead} 以内（{source}；时限按小时或工作日计）。",
            "请临近评标时再申请，或改正评标时间。",
        ),
        (
            "It is too early to draw for {at}: at most {lead} before the evaluation ({source}; hours or working days).",
            "Ask again nearer to that time, or correct the time.",
        ),
    ),
    "panel.place": Sentence(
        422,
        ("没有写明评标地点，或超过 {most} 个字。", "请写明楼宇和报到台，不要写房间。"),
        ("The place of the evaluation is missing or longer than {most} characters.", "Name the building and the desk."),
    ),
    "panel.person": Sentence(
        422,
        ("第 {line} 行不是姓名，也不是“姓名，身份证号码”。", "请每行写一人，并核对身份证号码的校验位。"),
        (
            "Line {line} is neither a name nor “name, identity number”.",
            "Write one person a line, and check the number's check digit.",
        ),
    ),
    "panel.incomplete": Sentence(
        409,
        ("{judges} 名评委中只有 {signed_in} 名在座。", "请等待全部评委签到；空缺席位由候补专家或再次抽取补齐。"),
        (
            "Only {signed_in} of {judges} judges are seated.",
            "Wait until all have signed in; a vacant seat goes to an alternate, or needs another draw.",
        ),
    ),
    "sign-in.past": Sentence(
        422,
        ("约定的签到时间 {at} 已经过去。", "请约定将来的时间。"),
        ("The appointed time {at} has passed already.", "Appoint a time in the future."),
    ),
    "sign-in.running": Sentence(
        409,
        ("已约定 {until} 前签到，不能改动。", "请等待该时间；缺席的评委届时由系统替换。"),
        ("Sign-in is appointed until {until}.", "Wait until then; absent judges are replaced by the system."),
    ),
    "seat.not-open": Sentence(
        409,
        ("当前阶段（{state}）不能签到或回避。", "请在开标后、打分公开前办理。"),
        ("Seats are not taken or left at this stage ({state}).", "Come after the opening, before marks are published."),
    ),
    "seat.marked": Sentence(
        409,
        ("{judge} 的打分已经锁定，不能再替换。", "对结果有异议的，请在评标报告中书面说明。"),
        (
            "The marks of {judge} are locked; the seat is not given to another.",
            "Write dissent under the report instead.",
        ),
    ),
    "seat.not-due": Sentence(
        409,
        ("标段 {section} 没有已到的签到时间，不能认定缺席。", "请先约定签到时间并等待届满。"),
        ("No appointed time has come for section {section}: nobody is absent.", "Appoint a time and wait for it."),
    ),
}

RESOLUTIONS = {
    "resolution.not-open": Sentence(
        409,
        ("当前阶段（{state}）不能提出决议。", "请在全部评委签到后、打分公开前提出。"),
        ("Nothing can be moved at this stage ({state}).", "Move it when all are seated, before marks are published."),
    ),
    "resolution.too-late": Sentence(
        409,
        ("已有评委锁定打分，不能再提出决议。", "否决、客观分和竞争性认定须在打分之前作出；异议请写入评标报告。"),
        (
            "A judge has locked marks; nothing more can be moved.",
            "Rejections, objective marks and competition are settled before marks; write dissent under the report.",
        ),
    ),
    "resolution.pending": Sentence(
        409,
        ("第 {number} 号决议尚未表决完毕。", "请先对其表决：同意，或说明理由反对。"),
        ("Resolution {number} is still open.", "Answer it first: agree, or be against it with reasons."),
    ),
    "resolution.unknown": Sentence(
        404,
        ("没有待表决的第 {number} 号决议。", "请刷新决议列表。"),
        ("There is no open resolution {number}.", "Load the list of resolutions again."),
    ),
    "resolution.voted": Sentence(
        409,
        ("{judge} 已对第 {number} 号决议表决。", "每名评委表决一次，不能更改。"),
        ("{judge} has answered resolution {number}.", "Each judge answers once."),
    ),
    "resolution.reasons": Sentence(
        422,
        ("须书面说明理由，不超过 {most} 字。", "请写明事实与依据。"),
        ("Written reasons are needed, at most {most} characters.", "State facts and grounds."),
    ),
    "marks.objective-differ": Sentence(
        409,
        (
            "投标 {bid} 的客观项 {item}：您填 {given}，{judge} 在第 {number} 号决议中填 {found}；客观分须一致。",
            "请双方核对投标文件：同意该决议，或说明理由反对后另提更正的认定。",
        ),
        (
            "Objective item {item} of bid {bid}: you give {given}, {judge} gave {found} in resolution {number}.",
            "Both look into the bid again: agree to it, or be against it with reasons and move a corrected finding.",
        ),
    ),
    "finding.missing": Sentence(
        409,
        ("客观项 {items} 尚无全体评委确认的认定。", "请先提出客观分认定并由每名评委签名表决。"),
        (
            "The committee has not found the objective marks of {items} yet.",
            "Move the finding; every judge answers it.",
        ),
    ),
    "finding.no-items": Sentence(
        422,
        ("评分办法没有客观项。", "无需客观分认定。"),
        ("The method has no objective items.", "No finding is needed."),
    ),
    "finding.ground": Sentence(
        422,
        ("投标 {bid} 的客观项 {item} 没有写明依据。", "请写明投标文件中的页码或证书编号等依据。"),
        ("No ground is given for item {item} of bid {bid}.", "Name the page or certificate it rests on."),
    ),
    "rejection.bid": Sentence(
        422,
        ("{bid} 不是参加评审的投标。", "请从参加评审的投标中选择。"),
        ("{bid} is not a bid that takes part.", "Choose one that does."),
    ),
    "rejection.ground": Sentence(
        422,
        ("“{given}”不是否决投标的法定情形；可选：{allowed}（{source}）。", "请选择适用的条款。"),
        (
            "“{given}” is no ground for rejection; the rules know {allowed} ({source}).",
            "Name the article that applies.",
        ),
    ),
    "competition.undecided": Sentence(
        409,
        (
            "有效投标只有 {valid} 份（不足 {minimum} 份），须先论证是否明显缺乏竞争。",
            "请提出竞争性认定并表决：缺乏竞争则流标，否则继续评审。",
        ),
        (
            "Only {valid} valid bids are left of {minimum}: the committee must say whether competition is lacking.",
            "Move and vote on it: the section fails, or the evaluation goes on.",
        ),
    ),
    "competition.enough": Sentence(
        409,
        ("有效投标有 {valid} 份，不少于 {minimum} 份（{source}），无需论证竞争性。", "请继续评审。"),
        ("There are {valid} valid bids, no fewer than {minimum} ({source}).", "Go on with the evaluation."),
    ),
    "competition.bids": Sentence(
        422,
        ("竞争性认定须针对当前全部有效投标：{valid}；没有有效投标时只能认定缺乏竞争。", "请按当前有效投标重新提出。"),
        (
            "The finding must be about just the valid bids ({valid}); with none left it can only be that it is lacking.",
            "Move it again for the bids that take part now.",
        ),
    ),
    "replacement.judge": Sentence(
        422,
        ("{judge} 不是在座的评委。", "请填写在座评委的编号，如 J3。"),
        ("{judge} is not a judge who is seated.", "Name one who is, such as J3."),
    ),
    "report.signed": Sentence(
        409,
        ("{judge} 已在评标报告上签字或书面说明。", "每名评委答复一次，不能更改。"),
        ("{judge} has answered the report already.", "Each judge signs or dissents once."),
    ),
}

SENTENCES = PANEL | RESOLUTIONS
