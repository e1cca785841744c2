"""Sentences for the refusals of pages and forms."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "page.unknown": Sentence(
        404,
        ("没有这个页面。", "请核对网址，或从首页、公告检索重新进入。"),
        ("There is no such page.", "Check the address, or start again from the home page or the search."),
    ),
    "page.not-yours": Sentence(
        403,
        ("您当前的角色不能查看此页面。", "请在“我的账号”中切换角色，或用有权的账号登录。"),
        (
            "Your present role may not see this page.",
            "Choose another role in “My account”, or sign in as somebody who may.",
        ),
    ),
    "session.needed": Sentence(
        401,
        ("此操作需要先登录。", "请登录后重试；登录过期时，先复制已填写的内容。"),
        ("This needs a signed-in account.", "Sign in and try again; if your session ended, copy what you typed first."),
    ),
    "session.choose-role": Sentence(
        403,
        ("您还没有选择代表谁办理。", "请先选择身份，再回到本页。"),
        ("You have not chosen whom you act for.", "Choose it, and come back to this page."),
    ),
    "form.token": Sentence(
        403,
        ("该表单已失效，内容没有提交。", "请返回上一页，刷新后重新提交。"),
        ("This form is no longer valid; nothing was submitted.", "Go back, reload the page and submit again."),
    ),
    "form.foreign-origin": Sentence(
        403,
        ("该请求来自其他网站（{origin}），已拒绝。", "请直接在本平台的页面上操作。"),
        ("The request came from another site ({origin}) and was refused.", "Do it on this platform's own page."),
    ),
    "request.bad": Sentence(
        400,
        ("请求的内容不合格，没有处理。", "请检查填写的内容后重新提交。"),
        ("The request is malformed and was not processed.", "Check what was filled in and send it again."),
    ),
    "request.method": Sentence(
        405,
        ("该地址不支持这种请求方式。", "请从页面上的按钮或链接进入。"),
        ("This address does not take that kind of request.", "Use the buttons and links of the pages."),
    ),
    "request.too-large": Sentence(
        413,
        ("提交的内容过大，没有保存。", "请减小内容后重新提交。"),
        ("What was sent is too large and was not kept.", "Send less at once."),
    ),
    "request.too-many": Sentence(
        429,
        ("请求过于频繁。", "请稍候再试。"),
        ("Too many requests.", "Wait a moment and try again."),
    ),
    "service.unavailable": Sentence(
        503,
        ("平台暂时无法提供服务。", "请稍候再试；截止时间以平台公告为准。"),
        ("The platform is not available at the moment.", "Try again shortly; deadlines stand as announced."),
    ),
    "service.failed": Sentence(
        500,
        ("平台出错，不能确定该操作是否完成。", "请先查看办理结果，再决定是否重做；需要帮助时，请告知事件编号。"),
        (
            "The platform failed; whether the action was completed is not certain.",
            "Look whether it took effect before you repeat it; name the incident number when you ask for help.",
        ),
    ),
    "server.port-taken": Sentence(
        500,
        ("{host} 的端口 {port} 已被占用。", "请停止占用它的程序，或用 OPENHALL_PORT 指定另一个端口。"),
        ("Port {port} of {host} is taken.", "Stop the program that has it, or name another port by OPENHALL_PORT."),
    ),
    "server.bad-host": Sentence(
        500,
        ("无法在 {host} 的端口 {port} 上提供服务：{why}", "请检查 OPENHALL_HOST 与 OPENHALL_PORT。"),
        ("Cannot listen at {host}, port {port}: {why}", "Check OPENHALL_HOST and OPENHALL_PORT."),
    ),
}
