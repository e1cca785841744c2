"""Sentences for what a bench refuses or cannot measure."""

from web.sentences import Sentence

SENTENCES = {
    "bench.unknown": Sentence(
        404,
        ("没有名为“{name}”的性能测试。", "可测：{names}。"),
        ("There is no bench “{name}”.", "There are: {names}."),
    ),
    "bench.openssl": Sentence(
        500,
        ("未能读懂 openssl speed 的输出：{told}", "请确认 openssl 版本不低于 1.1.1。"),
        ("What `openssl speed` printed cannot be read: {told}", "Use openssl 1.1.1 or newer."),
    ),
    "bench.answer": Sentence(
        500,
        ("测试中服务返回 {status}，应为 {expected}：{told}", "请查看该次测试的说明；如机器过忙，请减小规模后重试。"),
        (
            "While measuring, the server answered {status} instead of {expected}: {told}",
            "If the machine is very busy, run the bench again with smaller sizes.",
        ),
    ),
    "bench.waited": Sentence(
        500,
        ("测试未能到达“{what}”这一步。", "请在机器空闲时重试，或减小规模。"),
        ("The bench did not get as far as “{what}”.", "Run it again on a quieter machine, or with smaller sizes."),
    ),
}
