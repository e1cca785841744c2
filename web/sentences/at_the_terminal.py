"""Sentences for the bidder's commands `openhall key` and `openhall bid`."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "platform.unreachable": Sentence(
        503,
        ("无法连接平台 {origin}：{why}", "请检查地址和网络后再次运行同一命令；已上传的部分不会重传。"),
        (
            "The platform at {origin} cannot be reached: {why}",
            "Check address and network and run the same command again: what has arrived is not sent twice.",
        ),
    ),
    "password.missing": Sentence(
        422,
        ("口令文件 {path} 的第一行为空。", "请把登录密码写在该文件的第一行。"),
        ("The first line of the password file {path} is empty.", "Write the password into that line."),
    ),
    "key-file.name": Sentence(
        422,
        ("密钥文件不能命名为 {path}：证书要存放在这个名称下。", "请换一个文件名，例如以 .key 结尾。"),
        (
            "A key file cannot be named {path}: its certificate is kept under that name.",
            "Take another name, such as one that ends in .key.",
        ),
    ),
    "key-file.uncertified": Sentence(
        409,
        ("密钥 {path} 还没有证书。", "请先运行 openhall key certify {path}。"),
        ("The key {path} has no certificate yet.", "Run `openhall key certify {path}` first."),
    ),
    "key-file.other-certificate": Sentence(
        409,
        ("文件 {path} 中的证书不属于这个密钥。", "请移走该文件，再运行 openhall key certify。"),
        (
            "The certificate in {path} is not one of this key.",
            "Move that file away and run `openhall key certify`.",
        ),
    ),
}
