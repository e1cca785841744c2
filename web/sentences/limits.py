"""Sentences for settings of proxies and mail that cannot be used."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "settings.bad-proxy": Sentence(
        500,
        ("OPENHALL_PROXIES 中的“{proxy}”不是地址或网段。", "请以逗号分隔填写反向代理的 IP 地址或网段。"),
        (
            "OPENHALL_PROXIES names “{proxy}”, which is no address or network.",
            "List the IP addresses or networks of the reverse proxies, separated by commas.",
        ),
    ),
    "settings.bad-mail-url": Sentence(
        500,
        ("OPENHALL_SMTP_URL 无法识别：{why}。", "请写成 smtps://USER:PASSWORD@host?from=ADDRESS 的形式。"),
        (
            "OPENHALL_SMTP_URL cannot be read: {why}.",
            "Write it as smtps://USER:PASSWORD@host?from=ADDRESS.",
        ),
    ),
}
