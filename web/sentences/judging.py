"""Sentences for seats, marks, reports and draws asked for by people."""

from web.sentences import Sentence

SENTENCES = {
    "seat.unknown": Sentence(
        404,
        ("签到码无效。", "请核对纸条上的签到码，或联系见证人员。"),
        ("The sign-in slip is not valid.", "Check the code on the slip, or call the witness."),
    ),
    "seat.taken": Sentence(
        409,
        ("该签到码已经使用。", "每个签到码只能使用一次；如非本人使用，请立即告知见证人员。"),
        ("This slip has been used.", "A slip works once; if it was not you, tell the witness at once."),
    ),
    "seat.conflict": Sentence(
        409,
        ("须先声明无需回避。", "如有应当回避的情形，请告知见证人员，由候补专家替换。"),
        (
            "You must declare to have no conflict of interest.",
            "If you have one, tell the witness; an alternate takes the seat.",
        ),
    ),
    "marks.not-open": Sentence(
        409,
        ("当前阶段（{state}）不能打分。", "请等待全部评委签到。"),
        ("Marks cannot be given now ({state}).", "Wait until all judges have signed in."),
    ),
    "marks.locked": Sentence(
        409,
        ("{judge} 的打分已经锁定。", "锁定后不能更改。"),
        ("The marks of {judge} are locked.", "They cannot be changed any more."),
    ),
    "marks.incomplete": Sentence(
        409,
        ("{judges} 名评委中只有 {locked} 名锁定了打分，暂不公开。", "请等待全部评委锁定。"),
        (
            "Only {locked} of {judges} judges have locked their marks; none are published.",
            "Wait until every judge has locked.",
        ),
    ),
    "marks.contradiction": Sentence(
        409,
        ("{judge} 的评分表与其签名承诺不符，评分不予公布。", "请停止评审并报告监督部门。"),
        (
            "The sheet of {judge} is not what that judge committed to; no marks are published.",
            "Stop the evaluation and tell the supervising body.",
        ),
    ),
    "marks.reason": Sentence(
        422,
        ("评分理由须为不超过 {most} 字的文字。", "请缩短理由后再保存。"),
        ("A reason is text of at most {most} characters.", "Shorten it and save again."),
    ),
    "marks.pins": Sentence(
        422,
        ("一项打分最多引证 {most} 页，每处引文不超过 {longest} 字。", "请删去多余的引证或缩短引文。"),
        (
            "A mark has at most {most} pinned pages, each quotation at most {longest} characters.",
            "Take pins away or quote less.",
        ),
    ),
    "marks.reason-missing": Sentence(
        409,
        ("还有 {missing} 项打分应写明理由而未写。", "请在打分页补写下表所列各项的理由，再锁定。"),
        (
            "{missing} marks need a written reason and have none.",
            "Write the reasons listed below on the sheet, then lock.",
        ),
    ),
    "marks.members": Sentence(
        409,
        ("{judge} 的评分表格式无法识别。", "请停止评审并报告监督部门。"),
        ("The sheet of {judge} is of no known format.", "Stop the evaluation and tell the supervising body."),
    ),
    "marks.salt": Sentence(
        422,
        ("打分承诺的盐值不是 32 字节。", "请使用平台的打分页面。"),
        ("The salt of the commitment is not 32 bytes.", "Use the platform's marking page."),
    ),
    "explanation.none": Sentence(
        409,
        ("没有需要您书面说明的评分。", "无需操作。"),
        ("None of your marks has to be explained.", "There is nothing to do."),
    ),
    "explanation.given": Sentence(
        409,
        ("您已签署书面说明。", "书面说明不可更改；对报告的不同意见可在报告中写明。"),
        ("Your reasons are signed already.", "They stand; what you have against the report goes into a dissent."),
    ),
    "explanation.time-over": Sentence(
        409,
        ("书面说明的时限已于 {ended} 届满。", "请等待评分公布；不同意见可在报告中写明。"),
        ("The time to explain ended at {ended}.", "Wait for the marks; reasons against the report go into a dissent."),
    ),
    "explanation.texts": Sentence(
        422,
        ("每项被要求说明的评分都须写明理由，每条不超过 {most} 字。", "请逐项填写后再签名。"),
        ("Each mark that is asked about needs a reason of at most {most} characters.", "Fill in each one, then sign."),
    ),
    "report.not-open": Sentence(
        409,
        ("当前阶段（{state}）不能签署报告。", "请等待全部打分公开。"),
        ("The report cannot be signed now ({state}).", "Wait until all marks are readable."),
    ),
    "report.unpublished": Sentence(
        404,
        ("标段 {section} 的评标报告尚未公开。", "中标候选人公示时一并公开；请届时再来。"),
        (
            "The evaluation report of section {section} is not public yet.",
            "It is published with the candidates; come back then.",
        ),
    ),
    "report.time-over": Sentence(
        409,
        ("签署时间已过，不再接受对报告的不同意见。", "候选人公示之前仍可签署报告；其他问题请向监督部门反映。"),
        (
            "The signing time is over; reasons against the report are no longer taken.",
            "You can still sign until the candidates are published; tell the supervising body of anything else.",
        ),
    ),
    "report.closed": Sentence(
        409,
        ("中标候选人已公示，评标报告不能再签署。", "有问题请向监督部门反映。"),
        ("The candidates are published; the report can no longer be signed.", "Tell the supervising body."),
    ),
    "draw.repeated": Sentence(
        409,
        ("标段 {section} 已经抽取过，第 {number} 次须有监督部门签署的理由。", "请由监督部门先签署理由。"),
        (
            "Section {section} has been drawn for; attempt {number} needs the supervisor's signed reason.",
            "Let the supervising body sign the reason first.",
        ),
    ),
    "draw.unknown": Sentence(
        404, ("没有抽取 {draw}。", "请核对编号。"), ("There is no draw {draw}.", "Check the number.")
    ),
    "expert.known": Sentence(
        409,
        ("该证件的专家已在库中。", "同一人只能登记一次；请修改原有记录。"),
        ("An expert of this identity is in the pool already.", "One person stands there once; change that record."),
    ),
    "expert.identity": Sentence(
        422,
        ("专家身份标识不合格式。", "形如 resident:证件号码。"),
        ("The expert's identity has not the right form.", "It looks like resident:NUMBER."),
    ),
    "expert.specialty": Sentence(
        422,
        ("专家至少要有一个专业。", "请填写专业代码，如 A08。"),
        ("An expert needs at least one specialty.", "Give a profession code such as A08."),
    ),
}
