"""Sentences for the kernel's refusals."""

from web.sentences import Sentence

SENTENCES = {
    "workflow.not-now": Sentence(
        409,
        ("当前状态（{state}）下不能进行该操作（{verb}）。", "请刷新页面，按当前阶段的待办事项办理。"),
        (
            "“{verb}” is not possible in the state “{state}”.",
            "Reload the page and follow the tasks of the present stage.",
        ),
    ),
    "workflow.not-yours": Sentence(
        403,
        ("您的角色（{role}）无权进行该操作（{verb}）。", "请由有权的角色办理，或切换所代表的单位。"),
        ("The role “{role}” may not do “{verb}”.", "Let the responsible role do it, or switch the body you act for."),
    ),
    "money.not-an-amount": Sentence(
        422,
        ("“{text}”不是以元为单位、最多两位小数的金额。", "请按“9310000.00”的形式填写。"),
        ("“{text}” is not an amount in yuan with at most two decimals.", "Write it like 9310000.00."),
    ),
    "json.not-canonical": Sentence(
        422,
        ("该 JSON 不是规范形式（RFC 8785）。", "请使用平台下载的原文件，不要重新排版。"),
        ("The JSON is not in canonical form (RFC 8785).", "Use the file as downloaded, without reformatting."),
    ),
    "json.bad": Sentence(
        422,
        ("该文件不是合格的 JSON：{why}", "请检查文件是否完整。"),
        ("This is not valid JSON: {why}", "Check that the file is complete."),
    ),
    "json.float": Sentence(
        422,
        ("数值 {value} 须写成字符串。", "金额、分值、比率均以十进制字符串表示。"),
        ("The number {value} must be written as a string.", "Amounts, marks and rates are decimal strings."),
    ),
    "base64.bad": Sentence(
        422,
        ("Base64 内容不合格：{why}", "请使用标准、带填充的 Base64。"),
        ("Bad base64: {why}", "Use standard, padded base64."),
    ),
}
