"""Sentences for cameras and recordings."""

from web.sentences import Sentence

SENTENCES = {
    "camera.label": Sentence(
        422,
        ("摄像机名称为空或超过 {longest} 个字。", "请填写名称，例如“东北角”。"),
        ("The camera's name is empty or longer than {longest} signs.", "Give it a name, such as its corner."),
    ),
    "camera.address": Sentence(
        422,
        ("摄像机地址不是可用的 RTSP 地址。", "请填写 rtsp:// 或 rtsps:// 开头的地址，账号和密码可写在地址中。"),
        (
            "The camera's address is no RTSP address.",
            "Give an address that begins with rtsp:// or rtsps://; account and password may stand in it.",
        ),
    ),
    "camera.known": Sentence(
        409,
        ("该场地已有名为“{label}”的摄像机。", "请使用其他名称。"),
        ("The room has a camera called “{label}” already.", "Use another name."),
    ),
    "camera.unknown": Sentence(
        404,
        ("没有这台摄像机（{id}），或已停用。", "请从场地的摄像机列表中选择。"),
        ("There is no such camera ({id}), or it was removed.", "Choose one from the room's list."),
    ),
    "camera.no-picture": Sentence(
        502,
        ("没有取到摄像机的画面（{why}）。", "请检查地址、账号、网络和摄像机电源后重试。"),
        ("The camera gave no picture ({why}).", "Check address, account, network and power, then try again."),
    ),
    "sizing.number": Sentence(
        422,
        ("有一项数字不能计算（{name}）。", "请填写大于零、不超过 {most} 的数。"),
        ("One of the numbers cannot be used ({name}).", "Give a number above zero, at most {most}."),
    ),
    "camera.in-use": Sentence(
        403,
        ("场地正在录制评审，测试画面不向场地方开放。", "录制停止后再试；期间由监管部门在监看墙查看。"),
        (
            "A committee is being recorded in this room: the centre gets no test picture.",
            "Try again once the recording is stopped; the supervising body sees it on its live wall.",
        ),
    ),
    "recording.kind": Sentence(
        422,
        ("没有选择录制的环节。", "请选择开标、抽取、评标或者询标。"),
        ("It is not told what is recorded.", "Choose opening, draw, evaluation or questions."),
    ),
    "recording.act": Sentence(
        422,
        ("没有说明要对录制做什么。", "请使用页面上的按钮。"),
        ("It is not told what shall be done with the recording.", "Use the buttons of the page."),
    ),
    "recording.unknown": Sentence(
        404,
        ("没有这项录制（{id}）。", "请从场地或标段的录制列表中选择。"),
        ("There is no such recording ({id}).", "Choose one from the list of the room or section."),
    ),
    "recording.stream-unknown": Sentence(
        404,
        ("没有这路录制来源（{id}）。", "请从录制的来源列表中选择。"),
        ("There is no such source of a recording ({id}).", "Choose one from the recording's list."),
    ),
    "recording.running": Sentence(
        409,
        ("“{room}”正在录制。", "请先停止并封存正在进行的录制。"),
        ("“{room}” is being recorded already.", "Stop and close that recording first."),
    ),
    "recording.not-running": Sentence(
        409,
        ("录制 {id} 已停止。", "请新开一项录制。"),
        ("The recording {id} has been stopped.", "Begin another one."),
    ),
    "recording.not-stopped": Sentence(
        409,
        ("录制 {id} 未处于“已停止、待封存”状态。", "请先停止录制；已封存的录制不能再次封存。"),
        (
            "The recording {id} is not stopped and waiting to be closed.",
            "Stop it first; what is closed cannot be closed again.",
        ),
    ),
    "recording.closed": Sentence(
        409,
        ("录制 {id} 已封存，不能再写入。", "已封存的录制只能查看、核验和导出。"),
        ("The recording {id} is closed; nothing is added to it.", "It can be watched, verified and exported."),
    ),
    "recording.words": Sentence(
        422,
        ("理由为空或超过 {longest} 个字。", "请写明理由。"),
        ("The reason is empty or longer than {longest} signs.", "Give the reason."),
    ),
    "recording.not-a-gap": Sentence(
        404,
        ("第 {seq} 条记录不是一处中断。", "请从中断列表中选择。"),
        ("Entry {seq} begins no gap.", "Choose one from the list of gaps."),
    ),
    "recording.explained": Sentence(
        409,
        ("第 {seq} 条中断已说明原因。", "已作出的说明不能更改。"),
        ("The gap of entry {seq} has been explained.", "What was said stays."),
    ),
    "recording.gap-unexplained": Sentence(
        409,
        ("有 {gaps} 处超过十秒的中断没有说明原因。", "请逐一说明原因后再封存。"),
        ("{gaps} gaps of over ten seconds have no reason yet.", "Give a reason for each, then close."),
    ),
    "recording.incomplete": Sentence(
        409,
        ("还有 {parts} 段未存妥（{sources} 路来源）。", "请等待录制机上传完毕；确已丢失的，由监管部门说明理由后放行。"),
        (
            "{parts} parts of {sources} sources are not stored yet.",
            "Wait for the recorder; what is lost for good can be waived by the supervising body with a reason.",
        ),
    ),
    "recording.shortened": Sentence(
        422,
        ("保存期限只能延长：须晚于 {until}。", "请填写更晚的时间。"),
        ("The term of keeping can only grow: later than {until}.", "Give a later time."),
    ),
    "recording.source-down": Sentence(
        409,
        ("“{label}”未在录制（{why}）。", "请恢复该来源后继续；必录来源中断期间不能打分。"),
        (
            "“{label}” is not being recorded ({why}).",
            "Bring it back first; nothing is marked while a mandatory source is down.",
        ),
    ),
    "recording.missing": Sentence(
        409,
        ("评标室有必录摄像机（“{label}”），但尚未开始录制。", "请场地人员先开始录制。"),
        (
            "The room has a mandatory camera (“{label}”), and no recording runs.",
            "Have the centre begin the recording first.",
        ),
    ),
    "recording.out-of-order": Sentence(
        409,
        ("录制条目 {seq} 不接续：应为 {expected}。", "请检查是否有两台录制机写同一路来源。"),
        ("Entry {seq} does not follow; {expected} was expected.", "See whether two recorders write one source."),
    ),
    "recording.chain": Sentence(
        409,
        (
            "来源 {stream} 第 {seq} 条的链值不符。",
            "该来源的条目被改动，或由两台录制机写入；请保留录制机的缓存目录备查。",
        ),
        (
            "The chain of {stream} does not hold at entry {seq}.",
            "An entry was changed, or two recorders wrote one source; keep the recorder's spool.",
        ),
    ),
    "recording.source": Sentence(
        422,
        ("该来源不能这样加入录制。", "请选择“摄像头与麦克风”或“屏幕”；评委只能录制自己的屏幕。"),
        (
            "A source cannot join like that.",
            "Choose camera and microphone, or the screen; a judge records the own screen.",
        ),
    ),
    "recording.run-facts": Sentence(
        422,
        ("开始录制的信息不完整或格式不符。", "请刷新录制页面后重新开始。"),
        ("What was said of the run's beginning is incomplete.", "Load the recorder page again and begin anew."),
    ),
    "recording.run-signature": Sentence(
        422,
        ("本次录制的密钥签名不成立。", "请刷新录制页面后重新开始。"),
        ("The run's own key did not sign its beginning.", "Load the recorder page again and begin anew."),
    ),
    "recording.run-unknown": Sentence(
        404,
        ("没有第 {run} 次录制。", "请先开始录制。"),
        ("There is no run {run}.", "Begin a run first."),
    ),
    "recording.run-over": Sentence(
        409,
        ("第 {run} 次录制已结束，不能再写入。", "请重新开始一次录制。"),
        ("Run {run} is over; nothing is added to it.", "Begin another run."),
    ),
    "recording.chunk-facts": Sentence(
        422,
        ("录制片段缺少序号、校验值、签名或时间，或内容为空。", "请刷新录制页面。"),
        ("A chunk lacks its number, hash, signature or time, or is empty.", "Load the recorder page again."),
    ),
    "recording.chunk-hash": Sentence(
        422,
        ("第 {number} 个片段与其校验值不符。", "片段在传输中受损，录制页面会重新发送。"),
        ("Chunk {number} does not have its hash.", "It was damaged on its way; the recorder page sends it again."),
    ),
    "recording.chunk-signature": Sentence(
        422,
        ("第 {number} 个片段的签名不成立。", "只接受由本次录制的密钥签名的片段。"),
        ("The signature of chunk {number} does not hold.", "Only what the run's own key signed is taken."),
    ),
    "recording.chunk-changed": Sentence(
        409,
        ("第 {number} 个片段已收到，且内容不同；应发送第 {expected} 个。", "已收到的片段不能更改。"),
        ("Chunk {number} was taken already with other bytes; {expected} is expected.", "What was taken stays."),
    ),
    "recording.chunk-order": Sentence(
        409,
        ("第 {number} 个片段不接续：应为第 {expected} 个。", "请按顺序发送。"),
        ("Chunk {number} does not follow; {expected} is expected.", "Send them in their order."),
    ),
    "recording.track": Sentence(
        422,
        ("没有这种录制内容。", "只有摄像头、麦克风和屏幕。"),
        ("There is no such track.", "There are camera, microphone and screen."),
    ),
    "recording.ending": Sentence(
        422,
        ("没有这种结束原因。", "请刷新录制页面。"),
        ("A run does not end for such a reason.", "Load the recorder page again."),
    ),
    "recording.disk-full": Sentence(
        507,
        ("服务器暂无空间保存录制。", "片段保留在您的电脑上，录制页面会自动重发；请通知维护人员。"),
        (
            "The server has no room for recordings.",
            "Chunks stay on your machine and are sent again; tell whoever maintains the server.",
        ),
    ),
    "recording.proof": Sentence(
        422,
        ("单段证明不成立（{why}）。", "请重新下载证明和已公布的校验值。"),
        ("The proof of an entry does not hold ({why}).", "Fetch the proof and the published head again."),
    ),
    "recording.box": Sentence(
        422,
        ("录制片段不是完整的 MP4 结构（{why}）。", "请检查来源；该片段不会写入。"),
        ("A part is no well-formed piece of MP4 ({why}).", "Check the source; the part is not taken."),
    ),
    "recording.no-picture": Sentence(
        422,
        ("来源中没有可直接保存的 H.264 或 H.265 画面。", "请在摄像机上选择 H.264（或 H.265）码流。"),
        (
            "The source has no H.264 or H.265 picture that can be kept as it is.",
            "Choose an H.264 (or H.265) stream at the camera.",
        ),
    ),
    "recording.backfill-unreadable": Sentence(
        422,
        ("补录文件中没有可读的画面（来源 {stream}）。", "请从录像机重新导出该时段（H.264 或 H.265）。"),
        (
            "Nothing of the backfill could be read ({stream}).",
            "Export the time anew from the network recorder, as H.264 or H.265.",
        ),
    ),
    "recording.backfill-known": Sentence(
        409,
        ("该补录（来源 {stream}）已经导入。", "同一处中断如需再补，请新增一路补录来源。"),
        ("The backfill {stream} was taken in already.", "Let another backfill join the recording."),
    ),
    "recording.not-closed": Sentence(
        409,
        ("录制 {id} 尚未封存，不能导出。", "请先停止并封存录制。"),
        ("The recording {id} is not closed and cannot be exported.", "Stop and close it first."),
    ),
    "recording.no-key": Sentence(
        422,
        ("本浏览器中没有您的签名密钥，原因未签名。", "请在“账号与密钥”中登记密钥，或换用存有密钥的浏览器。"),
        (
            "This browser holds no key of yours: the reason is not signed.",
            "Have a key certified under “Account and keys”, or use the browser that holds it.",
        ),
    ),
    "recording.secret": Sentence(
        403,
        ("录制 {id} 目前只有监管部门可以观看。", "评审结束、录制停止后，场地方可观看。"),
        (
            "Only the supervising body may watch the recording {id} now.",
            "The centre may once the evaluation is over and the recording stopped.",
        ),
    ),
    "recording.no-reason": Sentence(
        403,
        ("没有说明为何观看录制 {id}。", "请从录制页面进入并填写观看事由。"),
        ("It was not said what the recording {id} is watched for.", "Open it from its page and say what for."),
    ),
    "recording.part-unknown": Sentence(
        404,
        ("没有第 {seq} 段，或尚未存妥。", "请重新载入页面。"),
        ("There is no part {seq}, or it is not stored yet.", "Load the page again."),
    ),
    "recording.not-logged": Sentence(
        409,
        ("第 {seq} 条之后的链首尚未写入公开日志。", "请一分钟后再试。"),
        ("No head after entry {seq} is logged yet.", "Try again in a minute."),
    ),
    "recording.held": Sentence(
        409,
        ("录制 {id} 已在依法保全中。", "无需重复保全。"),
        ("The recording {id} is under legal hold already.", "Nothing needs to be done."),
    ),
    "recording.not-held": Sentence(
        409,
        ("录制 {id} 不在保全中。", "请重新载入页面查看现状。"),
        ("The recording {id} is not under legal hold.", "Load the page again to see how it stands."),
    ),
    "recording.export-form": Sentence(
        422,
        ("没有这种导出形式。", "请选择光盘映像或 ZIP。"),
        ("There is no such form of export.", "Choose the disc image or the ZIP file."),
    ),
    "recording.exporting": Sentence(
        409,
        ("第 {number} 份导出文件正在制作。", "请等它完成后再要求下一份。"),
        ("File {number} is being made.", "Ask for another one when it is done."),
    ),
    "recording.export-unknown": Sentence(
        404,
        ("没有导出文件“{name}”。", "请从导出列表中选择。"),
        ("There is no exported file “{name}”.", "Choose one from the list of exports."),
    ),
    "recording.export-unreadable": Sentence(
        422,
        ("“{file}”不是可读的光盘映像。", "请重新复制或下载导出文件。"),
        ("“{file}” is no readable disc image.", "Copy or fetch the export again."),
    ),
    "recording.spool-broken": Sentence(
        500,
        ("来源 {stream} 的缓存在第 {seq} 条处断开。", "请勿删除缓存目录；复制一份后联系维护人员。"),
        (
            "The spool of {stream} is broken at entry {seq}.",
            "Do not delete it; copy it and ask whoever maintains the recorder.",
        ),
    ),
}
