"""Sentences for refusals about questions, answers, addenda, later deadlines, confirmations and subscriptions."""

from web.sentences import Sentence

SENTENCES = {
    "question.bidder": Sentence(
        403,
        ("提问须代表一家已登记的单位。", "请在“账户”中选择代表的单位。"),
        ("Questions are asked for a registered body.", "Choose the body you act for on the account page."),
    ),
    "question.kind": Sentence(
        422,
        ("“{given}”不是提问或异议。", "请从列表中选择。"),
        ("“{given}” is neither a question nor an objection.", "Choose one of the list."),
    ),
    "question.text": Sentence(
        422,
        ("内容为空，或超过 {longest} 个字。", "请写明问题，不要写出本单位名称。"),
        (
            "The text is empty or longer than {longest} characters.",
            "Write what is unclear; leave the name of your body out.",
        ),
    ),
    "question.closed": Sentence(
        409,
        ("该标段目前不接受投标，不能再提问。", "开标以后的异议请在开标大厅或公示期内提出。"),
        (
            "The section takes no bids now, so no question can be asked.",
            "Object at the opening, or during the publicity of the candidates.",
        ),
    ),
    "question.too-late": Sentence(
        409,
        (
            "提出的时间已过：应在 {until} 前提出（截止时间 {needed} 日前，{source} {mark}）。",
            "请按现行招标文件编制投标文件；开标时仍可当场提出异议。",
        ),
        (
            "The time to ask ended {until} ({needed} days before the deadline, {source} {mark}).",
            "Prepare your bid by the document in force; you can still object at the opening.",
        ),
    ),
    "question.asked": Sentence(
        409,
        ("这个问题本单位已经提出，正在等待答复。", "无需重复提交，可在下方列表中查看。"),
        (
            "Your body has asked this very question; it waits for its answer.",
            "Nothing more is needed: it stands in the list below.",
        ),
    ),
    "question.too-many": Sentence(
        409,
        ("本单位在该标段已有 {most} 个问题待答复。", "请等待答复后再提问。"),
        ("{most} questions of your body wait for an answer in this section.", "Wait for the answers, then ask on."),
    ),
    "question.unknown": Sentence(
        404,
        ("没有这个问题。", "请回到该标段的提问列表。"),
        ("There is no such question.", "Go back to the list of questions of the section."),
    ),
    "question.answer": Sentence(
        422,
        ("答复为空，或超过 {longest} 个字。", "请写明答复；长的内容放入补遗的条款或附件。"),
        (
            "The answer is empty or longer than {longest} characters.",
            "Write it; longer matter belongs into an addendum.",
        ),
    ),
    "question.reasons": Sentence(
        422,
        ("没有说明是否影响投标文件编制的理由。", "请写明理由，它与答复一并公布。"),
        ("The reason why it does or does not affect bids is missing.", "Write it; it is published with the answer."),
    ),
    "question.refusal": Sentence(
        422,
        ("退回理由为空，或超过 {longest} 个字。", "请写明退回的理由，提问人能看到。"),
        ("The reason for returning it is empty or too long.", "Write why; its asker reads it."),
    ),
    "question.objection": Sentence(
        409,
        ("异议必须答复，不能退回（《招标投标法实施条例》第二十二条）。", "请答复；答复前招标活动暂停。"),
        (
            "An objection must be answered and cannot be returned "
            "(Implementing Regulations of the Tendering and Bidding Law, art. 22).",
            "Answer it; until then the tender stands still.",
        ),
    ),
    "askers.sealed": Sentence(
        403,
        ("截止前不得查看提问人（《招标投标法》第二十二条）。", "请在标段截止后查看。"),
        (
            "Who asked cannot be read before the section has closed (Tendering and Bidding Law, art. 22).",
            "Come back after the closing.",
        ),
    ),
    "addendum.too-late": Sentence(
        409,
        (
            "距截止时间不足 {needed} 日，缺 {short_by} 日（{source} {mark}）。",
            "请把截止时间延至不早于 {earliest}，或说明为何不影响投标文件编制。",
        ),
        (
            "Less than {needed} days are left to the deadline, {short_by} too few ({source} {mark}).",
            "Move the deadline to {earliest} or later, or say why this does not affect the preparation of bids.",
        ),
    ),
    "addendum.nothing-changed": Sentence(
        409,
        ("草稿与现行招标文件没有区别。", "请先修改条款、评标办法、限价或附件；只改截止时间请用“延期”。"),
        (
            "The draft does not differ from the document in force.",
            "Change a clause, the method, the ceiling or a file first; for the deadline alone use the extension.",
        ),
    ),
    "addendum.summary": Sentence(
        422,
        ("没有写明改了什么，或超过 {longest} 个字。", "请用一两句话概括修改内容。"),
        ("What changes is not told, or in more than {longest} characters.", "Sum it up in a sentence or two."),
    ),
    "addendum.reasons": Sentence(
        422,
        ("没有写明理由，或超过 {longest} 个字。", "请写明是否影响投标文件编制及其理由。"),
        ("The reasons are missing or longer than {longest} characters.", "Say whether it affects bids, and why."),
    ),
    "addendum.affects": Sentence(
        422,
        ("没有说明是否影响投标文件编制。", "请选择“是”或“否”。"),
        ("Whether it affects the preparation of bids is not said.", "Choose yes or no."),
    ),
    "addendum.none": Sentence(
        409,
        ("没有补遗草稿。", "请先修改并保存草稿。"),
        ("There is no draft of an addendum.", "Change something and save the draft first."),
    ),
    "extension.earlier": Sentence(
        409,
        ("新的截止时间 {wanted} 不晚于现在的 {deadline}。", "截止时间只能推迟，请填写更晚的时间。"),
        ("The new deadline {wanted} is not later than {deadline}.", "A deadline only moves away: give a later one."),
    ),
    "extension.reasons": Sentence(
        422,
        ("没有写明延期理由，或超过 {longest} 个字。", "请写明理由，它会公布。"),
        (
            "The reasons for extending are missing or longer than {longest} characters.",
            "Write them; they are published.",
        ),
    ),
    "extension.closed": Sentence(
        409,
        ("该标段不在投标期内，不能再修改、答复或延期。", "截止时间已过的标段只能继续开标或重新招标。"),
        (
            "The section takes no bids now: nothing can be changed, answered or extended.",
            "After the deadline the opening goes on, or the tender is begun anew.",
        ),
    ),
    "confirmation.outdated": Sentence(
        409,
        ("招标文件已是第 {version} 版。", "请重新打开页面，按现行版本确认或重新投标。"),
        ("Version {version} of the tender document is in force.", "Load the page again, then confirm or seal anew."),
    ),
    "confirmation.unread": Sentence(
        409,
        (
            "投标文件对应第 {held} 版招标文件，现行为第 {version} 版，SHA-256 为 {document}。",
            "请阅读变更内容（{page}），再加 --document 和该 SHA-256 重新运行；也可重新封存投标。",
        ),
        (
            "The bid holds for version {held} of the tender document; version {version} is in force, SHA-256 {document}.",
            "Read what changed ({page}), then run it again with --document and that SHA-256, or seal the bid anew.",
        ),
    ),
    "confirmation.document": Sentence(
        422,
        ("“{given}”不是 SHA-256。", "请填写 64 位十六进制小写字符，见标段页面的招标文件。"),
        (
            "“{given}” is no SHA-256.",
            "Give 64 lower-case hexadecimal digits, as the section's page of the tender document tells them.",
        ),
    ),
    "subscription.address": Sentence(
        422,
        ("这不是可用的邮箱地址。", "请核对后重新填写。"),
        ("This is no mail address that can be used.", "Check it and type it again."),
    ),
    "subscription.over": Sentence(
        409,
        ("该标段已截止，不再有招标文件变更。", "结果请看标段页面或订阅 RSS。"),
        ("The section has closed: its document changes no more.", "For its result see its page or subscribe to RSS."),
    ),
    "subscription.unknown": Sentence(
        404,
        ("没有这项订阅，可能已取消或到期。", "如需继续，请在标段页面重新订阅。"),
        ("There is no such subscription; it may have ended.", "Subscribe again on the section's page if you want to."),
    ),
    "document.version-first": Sentence(
        404,
        ("第 {version} 版是招标文件的首个版本，没有此前的版本可比。", "请直接阅读该版本，或选择较新的版本。"),
        (
            "Version {version} is the first of the tender document: it changes nothing.",
            "Read it as it is, or choose a later version.",
        ),
    ),
    "document.version-unknown": Sentence(
        404,
        ("招标文件没有第 {version} 版。", "请从标段的招标文件页选择版本。"),
        ("The tender document has no version {version}.", "Choose one on the section's document page."),
    ),
}
