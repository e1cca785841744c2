"""Sentences for the preliminary examination."""

from web.sentences import Sentence

SENTENCES = {
    "examination.none": Sentence(
        404,
        ("本标段的招标文件没有初步评审项。", "请直接进入下一环节。"),
        ("The tender document of this section has no examination items.", "Go on to the next step."),
    ),
    "examination.open": Sentence(
        409,
        ("初步评审尚未完成，不能评分，也不能提出决议。", "请先完成并锁定您的初步评审；全体评委锁定后方可继续。"),
        (
            "The preliminary examination is not settled; nobody marks or moves anything before it is.",
            "Complete and lock your examination; it goes on when every judge has locked.",
        ),
    ),
    "examination.not-open": Sentence(
        409,
        ("当前阶段（{state}）不进行初步评审。", "请查看本标段的进度。"),
        ("Nothing is examined at this stage ({state}).", "Look at how far the section has come."),
    ),
    "examination.locked": Sentence(
        409,
        ("评委 {judge} 的初步评审已经锁定，不能更改。", "请等待其他评委锁定。"),
        ("The examination of {judge} is locked and cannot be changed.", "Wait until the others have locked."),
    ),
    "examination.missing": Sentence(
        422,
        ("还有 {left} 项没有给出结论，首先是投标 {bid} 的 {item}。", "请逐项给出通过或不通过的结论后再锁定。"),
        (
            "{left} {left:answer is|answers are} missing, the first for item {item} of bid {bid}.",
            "Answer every item of every bid, then lock.",
        ),
    ),
    "examination.unknown": Sentence(
        404,
        ("没有投标 {bid} 的评审项 {item}。", "请从初步评审页面重新选择投标。"),
        ("There is no item {item} of a bid {bid} to be examined.", "Choose the bid again on the examination page."),
    ),
    "examination.reason": Sentence(
        422,
        ("判定不通过须写明理由，不超过 {most} 个字。", "请写明不符合之处；该理由将随评审结果公布。"),
        (
            "A failure needs a written reason of at most {most} characters.",
            "Write what is not fulfilled; it is published with the result.",
        ),
    ),
    "examination.pages": Sentence(
        422,
        ("证据页须写明文件和页码，最多 {most} 处。", "请选择文件并填写从 1 起的页码；文件缺失时可以留空。"),
        (
            "A page of evidence names its file and a page from 1; at most {most} are kept.",
            "Choose the file and give the page; leave it empty where nothing was handed in.",
        ),
    ),
    "examination.unsure": Sentence(
        422,
        ("尚未确认已逐项审查该投标。", "请勾选确认后再提交。"),
        ("You have not confirmed that you examined every item of this bid.", "Tick the sentence, then send it."),
    ),
    "examination.moved-on": Sentence(
        409,
        ("签名的结论与已保存的不一致，可能在另一窗口改动过。", "请重新核对后再锁定。"),
        ("What you signed is not what is saved; another tab may have changed it.", "Check it once more, then lock."),
    ),
    "examination.contradiction": Sentence(
        500,
        ("评委 {judge} 的初步评审与其签名承诺不符。", "评审不能继续，请通知监督部门。"),
        ("The answers of {judge} are not what that judge committed to.", "Nothing goes on; tell the supervisor."),
    ),
}
