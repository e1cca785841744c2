"""Sentences for the bid room: what its script refuses in the browser, and the rehearsal of the bid kit."""

from web.sentences import Sentence

SENTENCES = {
    "bid.not-rehearsed": Sentence(
        409,
        ("这份投标文件的投标工具包还没有演练。", "请在投标室回读投标工具包并输入口令，然后再提交。"),
        ("The kit of this bid has not been rehearsed.", "Read the kit back in the bid room, then hand in."),
    ),
    "device.too-large": Sentence(
        413,
        ("测速数据超过上限 {largest} 字节。", "请使用设备检测页面测速。"),
        ("The probe is larger than {largest} bytes.", "Use the device check page."),
    ),
    "room.keyset-missing": Sentence(
        422,
        ("还没有选择标段的密钥组文件。", "请从标段公开页面下载 keyset.json，再在此选择。"),
        (
            "The section's keyset file is missing.",
            "Download keyset.json from the section's public page and choose it here.",
        ),
    ),
    "room.own-code-missing": Sentence(
        422,
        ("还没有填写贵单位的统一社会信用代码。", "请填写 18 位代码。"),
        ("Your body's credit code is missing.", "Write its 18 characters."),
    ),
    "room.price-missing": Sentence(
        422,
        ("还没有填写投标报价。", "请填写以元为单位的报价，最多两位小数。"),
        ("The price is missing.", "Write the price in yuan, with at most two decimals."),
    ),
    "room.price-unreadable": Sentence(
        422,
        ("“{text}”不是金额。", "请填写以元为单位的数字，最多两位小数，例如 9310000.00。"),
        ("“{text}” is no amount.", "Write a number in yuan with at most two decimals, such as 9310000.00."),
    ),
    "room.price-zero": Sentence(
        422,
        ("投标报价必须大于零。", "请填写报价。"),
        ("The price must be above zero.", "Write the price."),
    ),
    "room.above-ceiling": Sentence(
        422,
        ("投标报价 {price} 元高于最高投标限价 {ceiling} 元。", "超过最高投标限价的投标将被否决；请修改报价。"),
        (
            "The price of {price} yuan is above the ceiling of {ceiling} yuan.",
            "A bid above the ceiling is rejected by law; change the price.",
        ),
    ),
    "room.duration": Sentence(
        422,
        ("工期必须是 1 至 99999 的整数天。", "请填写天数，例如 300。"),
        ("The duration must be a whole number of days from 1 to 99999.", "Write the days, such as 300."),
    ),
    "room.quality": Sentence(
        422,
        ("还没有填写质量目标。", "请按招标文件填写，例如“合格”。"),
        ("The quality target is missing.", "Write it as the tender document asks."),
    ),
    "room.leader": Sentence(
        422,
        ("还没有填写项目负责人。", "请填写姓名。"),
        ("The project leader is missing.", "Write the name."),
    ),
    "room.too-long": Sentence(
        422,
        ("内容超过 200 个字或含有控制字符。", "请缩短或删除不可见的字符。"),
        ("The text has more than 200 characters or holds a control character.", "Shorten it or remove the character."),
    ),
    "room.file-missing": Sentence(
        422,
        ("“{part}”还没有选择文件。", "请选择一个文件；一个部分对应一个文件。"),
        ("No file is chosen for “{part}”.", "Choose a file; each part is one file."),
    ),
    "room.file-empty": Sentence(
        422,
        ("文件“{name}”是空的（0 字节）。", "请选择有内容的文件。"),
        ("The file “{name}” is empty (0 bytes).", "Choose a file with content."),
    ),
    "room.file-strange": Sentence(
        409,
        (
            "没有哪个部分先前选择过文件“{name}”（名称、大小或内容不同）。",
            "请选择先前的同一文件，或在对应部分单独选择。",
        ),
        (
            "No part had the file “{name}” before (another name, size or content).",
            "Choose the very file of before, or choose it at its part.",
        ),
    ),
    "room.one-file": Sentence(
        422,
        ("一个部分只能放一个文件，收到 {count} 个。", "请合并成一个 PDF 或压缩包，再放入。"),
        ("A part takes one file; {count} came.", "Merge them into one PDF or archive."),
    ),
    "room.passphrase-short": Sentence(
        422,
        ("口令至少 8 个字符。", "请使用较长、自己记得住的口令。"),
        ("A passphrase has at least 8 characters.", "Use a long one that you will remember."),
    ),
    "room.passphrase-differs": Sentence(
        422,
        ("两次输入的口令不同。", "请重新输入。"),
        ("The two passphrases differ.", "Type them again."),
    ),
    "room.kit-missing": Sentence(
        422,
        ("还没有选择保存好的投标工具包文件。", "请选择刚才保存的 kit.json。"),
        ("The saved kit is not chosen.", "Choose the kit.json you have just saved."),
    ),
    "room.not-rehearsed": Sentence(
        422,
        ("投标工具包还没有演练。", "请先保存投标工具包并回读。"),
        ("The kit has not been rehearsed.", "Save the kit and read it back first."),
    ),
    "room.no-key": Sentence(
        422,
        ("本浏览器还没有签名密钥。", "请先创建签名密钥。"),
        ("This browser has no signing key.", "Make a signing key first."),
    ),
    "room.member-name": Sentence(
        422,
        ("联合体成员的名称没有填写，或超过 200 个字。", "请填写营业执照上的名称。"),
        ("A member's name is missing or has more than 200 characters.", "Write it as its licence says."),
    ),
    "room.member-code": Sentence(
        422,
        ("“{code}”不是统一社会信用代码。", "请核对 18 位代码，最后一位是校验码。"),
        ("“{code}” is no unified social credit code.", "Check its 18 characters; the last one is a check digit."),
    ),
    "room.member-twice": Sentence(
        422,
        ("{code} 在联合体中出现两次，或就是牵头单位自己。", "请删除重复的成员。"),
        ("{code} stands in the consortium twice, or is the lead itself.", "Take the second one out."),
    ),
    "room.member-share": Sentence(
        422,
        ("份额必须大于 0、小于 100，最多两位小数。", "请填写百分比，例如 33.5。"),
        ("A share is above 0 and below 100 with at most two decimals.", "Write per cent, such as 33.5."),
    ),
    "room.member-work": Sentence(
        422,
        ("没有填写承担的工作，或超过 200 个字。", "请按联合体协议书填写分工。"),
        ("The work is missing or has more than 200 characters.", "Write it as the consortium agreement divides it."),
    ),
    "room.shares": Sentence(
        422,
        ("联合体各方份额合计 {sum}%，不是 100%。", "请按联合体协议书改正份额。"),
        ("The shares make {sum} per cent, not 100.", "Correct them to what the consortium agreement says."),
    ),
    "room.bodies": Sentence(
        422,
        ("联合体单位数超过本标段允许的 {most} 家（含牵头人）。", "请减少成员，或与其他单位另行组成联合体。"),
        ("The consortium has more than the {most} bodies that this section admits.", "Take members out."),
    ),
    "room.failed": Sentence(
        500,
        ("浏览器中出现意外错误：{why}。", "请刷新页面；已封存和已上传的内容都会保留。"),
        ("Something unexpected failed in the browser: {why}.", "Reload the page; what is sealed and uploaded stays."),
    ),
}
