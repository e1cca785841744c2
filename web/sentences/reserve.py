"""Sentences for the sealed reserve price."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "reserve.not-open": Sentence(
        409,
        ("招标公告尚未发布，还不能封存标底。", "公告发布后、投标截止前均可封存。"),
        (
            "The notice is not published yet, so no confidential estimate can be sealed.",
            "Seal it between notice and deadline.",
        ),
    ),
    "reserve.late": Sentence(
        409,
        (
            "投标已截止（截止时间 {deadline}，服务器时间 {now}），标底未被接收。",
            "截止前最后一次封存的标底有效；没有封存则本标段无标底。",
        ),
        (
            "Bidding is closed (deadline {deadline}, server time {now}); the confidential estimate was not accepted.",
            "The one sealed last before the deadline stands; without one the section has none.",
        ),
    ),
    "reserve.parts": Sentence(
        422,
        ("封存的内容不是单独一份标底。", "标底须单独封存，部分名称为 reserve-price，且不超过 64 KiB。"),
        (
            "What was sealed is not a confidential estimate by itself.",
            "Seal it alone, as the part reserve-price, in at most 64 KiB.",
        ),
    ),
    "reserve.fields": Sentence(
        422,
        ("标底文件的字段不符合格式。", "请用平台的封存页面重新填写并封存。"),
        (
            "The fields of the confidential estimate are not as the format says.",
            "Write it on the platform's page and seal it again.",
        ),
    ),
    "reserve.price": Sentence(
        422,
        ("标底须是大于零、带两位小数的金额（{price}）。", "请核对金额后重新封存。"),
        ("A confidential estimate is above zero, with two decimals ({price}).", "Check the amount and seal it again."),
    ),
    "reserve.nothing": Sentence(
        422,
        ("没有收到封存的标底。", "封存在浏览器中进行：请启用脚本，并确认本浏览器持有证书。"),
        (
            "No sealed confidential estimate came with the form.",
            "It is sealed in the browser: enable scripts, and see that this browser holds a certified key.",
        ),
    ),
    "evidence.reserve": Sentence(
        422,
        ("标底与日志不符：{field}（{where}）。", "请保留该文件并报告监督部门。"),
        (
            "The confidential estimate contradicts the log: {field} ({where}).",
            "Keep the file and report it to the supervising body.",
        ),
    ),
}
