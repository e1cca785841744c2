"""Sentences for whoever walks the whole public log, and for its time tokens and published bundles."""

from web.sentences import Sentence

_KEEP_ZH, _KEEP_EN = (
    "请保留以上材料（含两份检查点）并交监督部门。",
    "Keep what is printed here, both notes above all, and give it to the supervising body.",
)
_MIRROR_ZH, _MIRROR_EN = (
    "请从另一处镜像或稍后再取；若仍如此，请向监督部门报告。",
    "Take it from another mirror or later; if it stays so, report it to the supervising body.",
)

SENTENCES = {
    "log.source": Sentence(
        503,
        ("无法读取日志来源“{source}”：{why}。", "请核对地址或文件夹后再运行同一命令；已核验的部分不会重来。"),
        (
            "The log cannot be read from “{source}”: {why}.",
            "Check address or folder and run the command again; with --remember it goes on where it was.",
        ),
    ),
    "log.source-size": Sentence(
        422,
        ("“{path}”超过 {most} 字节，不是日志文件。", _MIRROR_ZH),
        ("“{path}” is longer than {most} bytes and so is no file of a log.", _MIRROR_EN),
    ),
    "log.file-missing": Sentence(
        422,
        ("检查点所承诺的文件“{path}”不存在。", _MIRROR_ZH),
        ("The file “{path}”, which the checkpoint promises, is not there.", _MIRROR_EN),
    ),
    "log.memory": Sentence(
        422,
        ("所记文件有误或属于另一日志（{where}）。", "请用该日志自己的 --remember 文件，或换一个新文件名从头核验。"),
        (
            "The remembered file is damaged or of another log ({where}).",
            "Use that log's own --remember file, or a new name to walk from the beginning.",
        ),
    ),
    "log.periods": Sentence(
        422,
        ("填充周期的公布前后矛盾：{why}。", _KEEP_ZH),
        ("What the log tells of its dummy periods contradicts itself: {why}.", _KEEP_EN),
    ),
    "log.period-key": Sentence(
        422,
        ("自第 {first} 条起的填充周期，所公开的密钥与当初的承诺不符。", _KEEP_ZH),
        ("The key disclosed for the period from leaf {first} is not the one committed to.", _KEEP_EN),
    ),
    "log.disclosed": Sentence(
        422,
        ("“{path}”所公开的事件与日志不符：{why}。", _KEEP_ZH),
        ("What “{path}” discloses is not what stands in the log: {why}.", _KEEP_EN),
    ),
    "log.root": Sentence(
        422,
        ("全部条目重算所得的根与已签名的检查点（{size} 条）不符。", _MIRROR_ZH),
        ("The entries do not give the root of the signed checkpoint of {size} leaves.", _MIRROR_EN),
    ),
    "log.tile-differs": Sentence(
        422,
        ("切片“{path}”与其下的条目不符。", _MIRROR_ZH),
        ("The tile “{path}” is not what lies below it.", _MIRROR_EN),
    ),
    "log.rolled-back": Sentence(
        422,
        ("日志变短了：先前已签名 {first} 条，现在只出示 {size} 条。", _KEEP_ZH),
        ("The log has become shorter: {first} leaves were signed before, now {size} are shown.", _KEEP_EN),
    ),
    "log.fork": Sentence(
        422,
        ("日志分叉：在 {size} 条处签过两个不同的根。", _KEEP_ZH),
        ("The log has forked: two different roots were signed for {size} leaves.", _KEEP_EN),
    ),
    "log.time-token": Sentence(
        422,
        ("时间戳（RFC 3161）验证不通过：{why}。", "请核对信任策略中的 timestamp 行，或重新取得该时间戳。"),
        (
            "The time token (RFC 3161) does not hold: {why}.",
            "Check the policy's timestamp lines, or take the token again.",
        ),
    ),
    "log.no-entry": Sentence(
        404,
        ("日志的已共签部分没有第 {leaf} 条。", "日志每隔数秒增长；请稍后再查，或核对编号。"),
        (
            "There is no leaf {leaf} in the co-signed log.",
            "The log grows every few seconds: try later, or check the number.",
        ),
    ),
    "log.no-checkpoint": Sentence(
        404,
        ("没有保存长度为 {size} 的检查点。", "旧检查点按规则精简；与任何长度的一致性仍可由条目证明。"),
        (
            "No checkpoint of {size} leaves is kept.",
            "Old ones are thinned out by rule; consistency from any size is proven from the entries.",
        ),
    ),
    "log.no-token": Sentence(
        404,
        ("长度为 {size} 的检查点没有“{name}”的时间戳。", "请从检查点页面查看已有的时间戳。"),
        (
            "There is no token of “{name}” for the checkpoint of {size} leaves.",
            "See the list of checkpoints for those there are.",
        ),
    ),
    "log.export": Sentence(
        422,
        ("不能写入镜像文件夹“{folder}”：{why}。", "请换一个可写的文件夹。"),
        ("The mirror folder “{folder}” cannot be written: {why}.", "Take a folder that can be written."),
    ),
    "log.export-differs": Sentence(
        409,
        ("镜像中的 {path} 与日志不一致，而该文件不应改变。", "请核对该镜像是否属于本平台；换一个前缀重新导出。"),
        (
            "{path} of the mirror is not what the log holds, although it never changes.",
            "See whether the mirror is this platform's; export to another prefix.",
        ),
    ),
    "settings.bad-time-stamp": Sentence(
        422,
        ("OPENHALL_TIME_STAMP_URL 有误：{why}。", "写作 名称=https://… ，多个以空格分开。"),
        ("OPENHALL_TIME_STAMP_URL is wrong: {why}.", "Write NAME=https://…, several with spaces between."),
    ),
    "settings.bad-time-stamp-file": Sentence(
        422,
        ("时间戳机构“{name}”的根证书文件 {path} 不可用：{why}。", "请把该机构根证书（PEM）放在该路径后重新启动。"),
        (
            "The root certificate of the time-stamp authority “{name}” at {path} cannot be used: {why}.",
            "Put the authority's root certificate (PEM) there and start again.",
        ),
    ),
    "settings.bad-profession-codes": Sentence(
        422,
        ("OPENHALL_PROFESSION_CODES 不是正则表达式：{why}。", "请写成正则表达式，例如 [ABC]([0-9]{{2}}){{0,3}}。"),
        (
            "OPENHALL_PROFESSION_CODES is no regular expression: {why}.",
            "Write one, such as [ABC]([0-9]{{2}}){{0,3}}.",
        ),
    ),
    "bundle.differs": Sentence(
        422,
        ("页面代码与已公布的代码包不符：{why}。", "请勿在该页面封标；改用命令行 openhall seal，并保留证据报监督部门。"),
        (
            "The code of the page is not the published bundle: {why}.",
            "Do not seal on that page; use `openhall seal`, and report it with what is printed here.",
        ),
    ),
    "bundle.source": Sentence(
        422,
        ("读不到封标代码文件“{path}”。", "请给出平台网址，或仓库中 web/static 文件夹的路径。"),
        (
            "The sealing code's file “{path}” cannot be read.",
            "Give the platform's address or a checkout's web/static folder.",
        ),
    ),
}
