"""Sentences for settings, embedded stores, object storage, processes and `openhall reset`."""

from web.sentences import Sentence

SETTINGS = {
    "settings.bad-database-url": Sentence(
        500,
        (
            "OPENHALL_DATABASE_URL 无法识别：{why}。",
            "请写成 postgresql://用户:口令@主机:5432/库名，或取消该变量以使用内置数据库。",
        ),
        (
            "OPENHALL_DATABASE_URL cannot be read: {why}.",
            "Write postgresql://user:password@host:5432/database, or unset it to use the embedded database.",
        ),
    ),
    "settings.bad-object-url": Sentence(
        500,
        (
            "OPENHALL_S3_URL 无法识别：{why}。",
            "请写成 http://ACCESS:SECRET@127.0.0.1:9000，或取消该变量以使用内置对象存储。",
        ),
        (
            "OPENHALL_S3_URL cannot be read: {why}.",
            "Write http://ACCESS:SECRET@127.0.0.1:9000, or unset it to use the embedded object store.",
        ),
    ),
    "settings.bad-mode": Sentence(
        500,
        ("OPENHALL_MODE 的值“{mode}”无效。", "请设为 demo 或 production。"),
        ("OPENHALL_MODE has the unknown value “{mode}”.", "Set it to demo or production."),
    ),
    "settings.bad-port": Sentence(
        500,
        ("OPENHALL_PORT 的值“{port}”不是端口号。", "请设为 1 至 65535 之间的整数。"),
        ("OPENHALL_PORT is “{port}”, which is no port number.", "Set it to a whole number from 1 to 65535."),
    ),
    "settings.bad-origin": Sentence(
        500,
        ("OPENHALL_ORIGIN 的值“{origin}”不是网站地址。", "请写成 https://域名，不带路径。"),
        ("OPENHALL_ORIGIN is “{origin}”, which is no origin.", "Write https://name, without a path."),
    ),
    "settings.origin-not-https": Sentence(
        500,
        ("网站地址 {origin} 不是 HTTPS：浏览器在此情形下不提供密码运算。", "请改用 https:// 地址；仅本机可用 http。"),
        (
            "The origin {origin} is not HTTPS; browsers offer no cryptography there.",
            "Use an https:// origin; plain http is for this machine alone.",
        ),
    ),
}

STORES = {
    "store.no-permission": Sentence(
        500,
        ("不能使用 {path}：{why}。", "请把该目录交给当前用户，或将 OPENHALL_HOME 指向可写的目录。"),
        (
            "{path} cannot be used: {why}.",
            "Give the directory to this user, or point OPENHALL_HOME to one that can be written.",
        ),
    ),
    "store.no-space": Sentence(
        507,
        ("{path} 所在磁盘仅余 {free} MB，至少需要 {needed} MB。", "请清理磁盘，或将 OPENHALL_HOME 指向其他磁盘。"),
        (
            "The disk of {path} has {free} MB left; {needed} MB are needed.",
            "Free some space, or point OPENHALL_HOME to another disk.",
        ),
    ),
    "store.busy": Sentence(
        503,
        ("{path} 正被另一个启动或停止中的进程占用。", "请稍候重试；若仍如此，请结束其他 openhall 进程。"),
        (
            "Another process is still starting or stopping the store in {path}.",
            "Try again in a moment; if it stays so, end the other openhall processes.",
        ),
    ),
    "store.in-use": Sentence(
        503,
        ("{path} 中的数据库已由进程 {process} 打开，且该进程不由本系统启动。", "请先停止该进程。"),
        ("Process {process}, which is not ours, has the database in {path} open.", "Stop that process first."),
    ),
    "store.no-program": Sentence(
        500,
        ("找不到程序 {name}（软件包 {package}）。", "请运行 make setup 重新安装依赖。"),
        ("The program {name} of the package {package} is missing.", "Run make setup to install it again."),
    ),
    "store.no-account": Sentence(
        500,
        ("{name} 不能以当前用户运行：系统既不允许用户命名空间，也没有可用的普通账户。", "请以有账户的普通用户运行。"),
        (
            "{name} cannot run as this user: neither user namespaces nor another account can be used here.",
            "Run as an ordinary user that has an account.",
        ),
    ),
    "store.wrong-version": Sentence(
        500,
        (
            "{path} 由 PostgreSQL {found} 写成，现有程序为 {needed}。",
            "请用原版本导出后再导入，或运行 openhall reset --yes 清空。",
        ),
        (
            "{path} was written by PostgreSQL {found}; the program here is {needed}.",
            "Dump it with the old version and load it into a new home, or empty it with openhall reset --yes.",
        ),
    ),
    "store.damaged": Sentence(
        500,
        ("{path} 不完整：{why}。", "请从备份恢复，或运行 openhall reset --yes 清空。"),
        ("{path} is not whole: {why}.", "Restore it from a backup, or empty it with openhall reset --yes."),
    ),
    "store.did-not-start": Sentence(
        500,
        ("{name} 没有启动（退出码 {exit_code}）。日志末尾：\n{lines}", "请查看 {log}。"),
        ("{name} did not start (exit code {exit_code}). The end of its log:\n{lines}\n", "Look into {log}."),
    ),
    "store.not-ready": Sentence(
        503,
        ("{name} 在 {seconds} 秒内没有就绪。日志末尾：\n{lines}", "请查看 {log}，排除原因后重试。"),
        (
            "{name} was not ready within {seconds} seconds. The end of its log:\n{lines}\n",
            "Look into {log} and try again.",
        ),
    ),
    "store.port-taken": Sentence(
        500,
        ("端口 {port} 已被占用。", "请停止占用它的程序，或不指定端口，由系统另选。"),
        ("Port {port} is taken.", "Stop the program that has it, or name no port and one is chosen."),
    ),
    "store.no-port": Sentence(
        500,
        ("{first} 至 {last} 之间没有空闲端口。", "请停止占用端口的程序后重试。"),
        ("No port from {first} to {last} is free.", "Stop the programs that take them and try again."),
    ),
    "database.bad-name": Sentence(
        422,
        ("“{name}”不能作数据库名。", "请只用小写字母、数字和下划线，以字母开头。"),
        ("“{name}” cannot name a database.", "Use small letters, digits and underscores, a letter first."),
    ),
    "database.exists": Sentence(
        409,
        ("数据库 {name} 已存在。", "请换一个名称，或先删除它。"),
        ("There is a database {name} already.", "Take another name, or drop it first."),
    ),
}

OBJECTS = {
    "objects.unreachable": Sentence(
        503,
        ("对象存储没有应答（{why}）。", "请稍后重试；若仍如此，请联系系统管理员。"),
        ("The object store does not answer ({why}).", "Try again soon; if it stays so, tell the administrator."),
    ),
    "objects.refused": Sentence(
        502,
        ("对象存储拒绝了操作：{why}。", "请联系系统管理员核对存储的账号与权限。"),
        ("The object store refused: {why}.", "Let the administrator check the store's account and its rights."),
    ),
    "objects.missing": Sentence(
        404,
        ("找不到该文件。", "请核对链接，或从列表重新打开。"),
        ("There is no such file.", "Check the link, or open it from the list again."),
    ),
    "objects.no-bucket": Sentence(
        500,
        ("对象存储中没有存储桶 {bucket}。", "请运行 openhall migrate 建立。"),
        ("The object store has no bucket {bucket}.", "Make it with openhall migrate."),
    ),
    "objects.bucket-without-lock": Sentence(
        500,
        ("存储桶 {bucket} 建立时未启用对象锁定，不能保存须防删除的文件。", "请删除该空桶或换名，由系统重新建立。"),
        (
            "The bucket {bucket} was made without object lock and cannot hold what must not be deleted.",
            "Remove the empty bucket or take another name, and let the platform make it.",
        ),
    ),
    "objects.locked": Sentence(
        409,
        ("该文件在 {until} 之前受保留锁定，不能删除。", "保留期满后方可删除。"),
        ("This file is locked until {until} and cannot be deleted.", "It can be deleted when that time has passed."),
    ),
    "objects.incomplete": Sentence(
        422,
        ("文件不完整：应为 {expected} 字节，实为 {found} 字节。", "请重新上传。"),
        ("The file is not whole: {expected} bytes expected, {found} found.", "Upload it again."),
    ),
}

PROCESSES = {
    "process.ended": Sentence(
        500,
        ("进程 {name} 已退出（退出码 {exit_code}）。日志末尾：\n{lines}", "请查看 {log}，排除原因后重新启动。"),
        (
            "The process {name} has ended (exit code {exit_code}). The end of its log:\n{lines}\n",
            "Look into {log}, mend the cause and start again.",
        ),
    ),
    "reset.not-confirmed": Sentence(
        409,
        ("此命令将删除 {home} 中的全部数据。", "确认无误后请加 --yes 再运行。"),
        ("This would delete all data in {home}.", "Run it again with --yes if that is meant."),
    ),
    "reset.outside-stores": Sentence(
        409,
        ("已设置 OPENHALL_DATABASE_URL 或 OPENHALL_S3_URL，本命令只清空内置存储。", "请取消这两个变量后再运行。"),
        (
            "OPENHALL_DATABASE_URL or OPENHALL_S3_URL is set; this command empties embedded stores only.",
            "Unset both and run it again.",
        ),
    ),
}

SENTENCES = SETTINGS | STORES | OBJECTS | PROCESSES
