"""Sentences for the plan of a bid that a browser keeps: files chosen again, sealed copies, the bid kit, the signing key."""

from web.sentences import Sentence

SENTENCES = {
    "plan.other-size": Sentence(
        409,
        (
            "这不是先前选择的文件“{name}”：先前 {expected} 字节，现在 {found} 字节。",
            "请重新选择同一个文件；确实要更换时，先取出原文件再选择，并重新封存。",
        ),
        (
            "This is not the file “{name}” chosen before: that one had {expected} bytes, this one has {found}.",
            "Choose the very same file; to exchange it on purpose take the old one out first, then seal anew.",
        ),
    ),
    "plan.other-content": Sentence(
        409,
        (
            "这不是先前选择的文件“{name}”：大小相同，内容不同（哈希先前 {expected}，现在 {found}）。",
            "请重新选择同一个文件；确实要更换时，先取出原文件再选择，并重新封存。",
        ),
        (
            "This is not the file “{name}” chosen before: same size, other content (hash {expected} then, {found} now).",
            "Choose the very same file; to exchange it on purpose take the old one out first, then seal anew.",
        ),
    ),
    "plan.other-tab": Sentence(
        409,
        ("这个标段的投标室已在另一个标签页打开。", "请在那个标签页继续，或关闭它后刷新本页。"),
        ("The bid room of this section is open in another tab.", "Go on there, or close it and reload this page."),
    ),
    "plan.part": Sentence(
        422,
        ("本标段没有“{part}”这一部分。", "请刷新页面。"),
        ("This section has no part “{part}”.", "Reload the page."),
    ),
    "plan.missing": Sentence(
        422,
        ("以下部分还没有内容：{parts}。", "请补齐后再封存。"),
        ("These parts are still missing: {parts}.", "Complete them, then seal."),
    ),
    "plan.sealed": Sentence(
        409,
        ("“{part}”已经封存。", "要更改请选择“修改并重新封存”。"),
        ("“{part}” is sealed already.", "To change it choose “Change something and seal anew”."),
    ),
    "plan.not-sealed": Sentence(
        409,
        ("还没有封存。", "请先封存报价和文件。"),
        ("Nothing is sealed yet.", "Seal price and files first."),
    ),
    "plan.rehearse": Sentence(
        409,
        ("投标工具包还没有演练。", "请先保存投标工具包并回读。"),
        ("The kit has not been rehearsed.", "Save the kit and read it back first."),
    ),
    "plan.busy": Sentence(
        409,
        ("封存或上传正在进行。", "请等待完成，或先停止。"),
        ("Sealing or uploading is going on already.", "Wait for its end, or stop it first."),
    ),
    "plan.copy-gone": Sentence(
        409,
        ("本浏览器中“{part}”的封存副本已不存在或不完整。", "请刷新页面，重新选择同样的文件并重新封存。"),
        (
            "This browser's sealed copy of “{part}” is gone or damaged.",
            "Reload the page, choose the same files again and seal anew.",
        ),
    ),
    "plan.file-changed": Sentence(
        409,
        ("文件“{name}”在选择之后被改动、移动或删除。", "请重新选择文件，并重新封存。"),
        ("The file “{name}” was changed, moved or deleted since it was chosen.", "Choose it again and seal anew."),
    ),
    "plan.no-manifest": Sentence(
        422,
        ("所选文件中没有 manifest.json。", "请同时选择 manifest.json 和全部 .sealed 文件。"),
        ("There is no manifest.json among the chosen files.", "Choose manifest.json and every .sealed file at once."),
    ),
    "plan.other-parts": Sentence(
        422,
        ("封存的部分是 {found}，本标段要求 {expected}。", "请按本标段要求的部分重新封存。"),
        (
            "The sealed parts are {found}; this section asks for {expected}.",
            "Seal the parts that the section asks for.",
        ),
    ),
    "kit.other": Sentence(
        409,
        ("这是另一份投标的投标工具包。", "请选择本次封存后保存的 kit.json。"),
        ("This kit belongs to another bid.", "Choose the kit.json saved after this sealing."),
    ),
    "platform.away": Sentence(
        503,
        ("平台没有应答。", "请检查网络后刷新页面；已封存和已上传的内容都会保留。"),
        ("The platform does not answer.", "Check the network and reload; what is sealed and uploaded stays."),
    ),
    "seal.cancelled": Sentence(
        409,
        ("已经停止。", "可以重新开始。"),
        ("It was stopped.", "You may begin again."),
    ),
    "seal.failed": Sentence(
        500,
        ("封存程序意外停止。", "请刷新页面后重试；如内存不足请关闭其他标签页。"),
        ("The sealing program stopped.", "Reload and try again; close other tabs if memory is short."),
    ),
    "seal.insecure-context": Sentence(
        409,
        ("本页不是通过 https 打开的，浏览器不提供加密功能。", "请使用 https 地址打开平台。"),
        (
            "This page was not opened by https, so the browser offers no cryptography.",
            "Use the platform's https address.",
        ),
    ),
    "seal.no-cryptography": Sentence(
        409,
        ("本浏览器缺少所需的加密功能。", "请使用较新的浏览器，或使用命令行封存。"),
        ("This browser lacks the cryptography that is needed.", "Use a newer browser, or seal with the command line."),
    ),
    "signing.no-key": Sentence(
        409,
        ("本浏览器没有签名密钥。", "请先创建签名密钥。"),
        ("This browser has no signing key.", "Make one first."),
    ),
    "signing.other-key": Sentence(
        409,
        ("证书对应的不是本浏览器的密钥。", "请重新创建签名密钥。"),
        ("The certificate is for another key than this browser's.", "Make a signing key again."),
    ),
}
