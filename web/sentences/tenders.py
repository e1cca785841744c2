"""Sentences for projects, sections, notices of award and candidates."""

from web.sentences import Sentence

SENTENCES = {
    "contract.not-awarded": Sentence(
        409,
        ("标段 {section} 尚未发布中标结果。", "中标通知书发出后方可登记合同。"),
        ("Section {section} is not awarded yet.", "A contract is recorded after the letters of award are out."),
    ),
    "contract.not-archived": Sentence(
        409,
        ("标段 {section} 的存证文件正在封存。", "封存通常在一分钟内完成，请稍后再登记合同。"),
        (
            "The evidence of section {section} is being sealed.",
            "It usually takes less than a minute; record the contract then.",
        ),
    ),
    "contract.known": Sentence(
        409,
        ("标段 {section} 的合同已经公告。", "合同变更另行公告；本记录不能修改。"),
        ("The contract of section {section} is published already.", "Changes are told in further notices."),
    ),
    "contract.amount": Sentence(
        422,
        (
            "合同金额与中标价 {price} 元不一致。",
            "合同的价款应当与中标人的投标文件一致（招标投标法实施条例第五十七条）。",
        ),
        (
            "The amount is not the winning price of {price} yuan.",
            "The price of the contract is that of the winner's bid (Regulation on tendering, article 57).",
        ),
    ),
    "contract.date": Sentence(
        422,
        ("签订日期应在中标结果发布（{awarded}）之后，且不晚于今天。", "请核对合同上的签订日期。"),
        (
            "The date of signing must not lie before the award ({awarded}) or after today.",
            "Check the date that the contract bears.",
        ),
    ),
    "contract.words": Sentence(
        422,
        ("合同期限和付款方式须填写，各不超过 {most} 个字。", "请按合同文本填写。"),
        ("Tell the period and the payments, each in at most {most} signs.", "Take them from the contract."),
    ),
    "contract.late": Sentence(
        422,
        ("合同签订已超过 {due} 的法定期限，须说明原因。", "请填写逾期原因，不超过 {most} 个字；原因随合同公告公开。"),
        (
            "The contract was signed after its period ended {due}; reasons are needed.",
            "Say why, in at most {most} signs; the reasons are published with the contract.",
        ),
    ),
    "contract.published-late": Sentence(
        422,
        (
            "采购合同公告已超过 {due} 的法定期限，须说明原因。",
            "请填写逾期原因，不超过 {most} 个字；原因随合同公告公开。",
        ),
        (
            "The time to publish the contract ended {due}; reasons are needed.",
            "Say why it is published late, in at most {most} signs; the reasons are published with the contract.",
        ),
    ),
    "letter.none": Sentence(
        404,
        ("标段 {section} 没有发给贵单位的结果通知书。", "通知书随中标结果公告生成，只发给投标截止时有效递交的投标人。"),
        (
            "There is no letter on the result of section {section} to your body.",
            "Letters are made with the award notice, to those whose bids stood at the deadline.",
        ),
    ),
    "project.code": Sentence(
        422,
        ("项目编号“{given}”不合格式。", "编号由大写字母、数字、点和连字符组成，不超过 64 位。"),
        ("“{given}” is not a project code.", "A code has capitals, digits, dots and hyphens, at most 64."),
    ),
    "project.investment-code": Sentence(
        422,
        ("投资项目统一代码“{given}”不合格式。", "形如 2509-320193-89-01-544060。"),
        ("“{given}” is not an investment project code.", "It looks like 2509-320193-89-01-544060."),
    ),
    "project.known": Sentence(
        409,
        ("项目 {code} 已经进场。", "请核对编号，或在该项目下新增标段。"),
        ("Project {code} is already accepted.", "Check the code, or add a section to that project."),
    ),
    "project.unknown": Sentence(
        404,
        ("没有项目 {code}，或者不由贵单位办理。", "请从本单位的项目列表进入。"),
        ("There is no project {code}, or it is not your body's.", "Enter from your own list of projects."),
    ),
    "project.agent": Sentence(
        422,
        ("招标人与招标代理不能是同一单位（{name}）。", "请选择另一家招标代理。"),
        ("Procuring entity and agent may not be the same body ({name}).", "Choose another procurement agent."),
    ),
    "section.code": Sentence(
        422,
        ("标段编号“{given}”不合格式。", "编号由大写字母、数字、点和连字符组成，如 01。"),
        ("“{given}” is not a section number.", "It has capitals, digits, dots and hyphens, e.g. 01."),
    ),
    "section.known": Sentence(
        409,
        ("标段 {section} 已存在。", "请使用新的标段编号。"),
        ("Section {section} exists already.", "Use a new section number."),
    ),
    "section.follows": Sentence(
        422,
        ("“{given}”不是本项目已流标的标段。", "请选择本项目中已流标的标段，或者留空。"),
        (
            "“{given}” is not a failed section of this project.",
            "Choose a section of this project that failed, or none.",
        ),
    ),
    "section.unknown": Sentence(
        404,
        ("没有这个标段，或尚未公告（{section}）。", "请从公告列表进入，或核对编号。"),
        (
            "There is no such section, or it is not published yet ({section}).",
            "Enter from the list of notices, or check the number.",
        ),
    ),
    "section.without-keyset": Sentence(
        409,
        ("标段 {section} 的开标密钥组尚未由三方受托方发布，不能发布公告。", "请先申请开标密钥组，并等待三方签署。"),
        (
            "The three trustees have not published a keyset for section {section} yet; no notice can be published.",
            "Ask for the keyset first and wait until all three have signed.",
        ),
    ),
    "section.one-envelope": Sentence(
        404,
        ("标段 {section} 只有一个信封，没有报价信封的密钥组。", "请使用标段的密钥组。"),
        ("Section {section} has one envelope and no keyset for prices.", "Seal to the section's keyset."),
    ),
    "section.keyset-fixed": Sentence(
        409,
        ("标段“{section}”的公告已发布，开标密钥不能再更换。", "如需更换，请终止后重新招标。"),
        (
            "The notice of section “{section}” is out; its keyset cannot be changed any more.",
            "End the procedure and tender again if it must be.",
        ),
    ),
    "section.keyset-deadline": Sentence(
        409,
        (
            "公告截止时间（{deadline}）与开标密钥组的时间（{keyset}）不一致。",
            "请按开标密钥组的时间发布，或重新申请开标密钥组。",
        ),
        (
            "The notice's deadline ({deadline}) is not the keyset's ({keyset}).",
            "Publish with the keyset's deadline, or ask for a new keyset.",
        ),
    ),
    "section.deadline-seconds": Sentence(
        422,
        ("截止时间须为整秒（{deadline}）。", "请去掉秒以下的部分。"),
        ("A deadline is a whole second ({deadline}).", "Leave out the fraction."),
    ),
    "section.deadline-past": Sentence(
        422,
        ("截止时间 {deadline} 已经过去。", "请选择将来的时间。"),
        ("The deadline {deadline} has passed already.", "Choose a time in the future."),
    ),
    "section.no-evidence": Sentence(
        404,
        ("标段 {section} 的证据文件尚未生成。", "证据文件在中标结果公告后封存，请稍后再来。"),
        (
            "The evidence file of section {section} does not exist yet.",
            "It is sealed after the award notice; come back later.",
        ),
    ),
    "candidates.tie": Sentence(
        409,
        ("标段 {section} 的排名并列，须由招标人依招标文件确定。", "请招标人先作出书面决定。"),
        (
            "The ranking of section {section} has a tie that the procuring entity must decide.",
            "Let the procuring entity decide in writing first.",
        ),
    ),
    "award.not-published": Sentence(
        409,
        ("标段 {section} 尚未公示中标候选人。", "请先公示候选人，公示期满后再发布中标结果。"),
        (
            "The candidates of section {section} have not been published.",
            "Publish them first; the award follows after publicity.",
        ),
    ),
    "request.fields": Sentence(
        422,
        ("请求须且只须包含这些字段：{expected}。", "请按接口说明补齐或删除字段。"),
        ("The request must have exactly these fields: {expected}.", "Add or remove fields as the interface page says."),
    ),
}
