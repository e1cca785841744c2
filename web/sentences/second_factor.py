"""Sentences for refusals of the second step of signing in, and of signing keys made and revoked by their owners."""

from web.sentences import Sentence

SENTENCES = {
    "sign-in.begin-again": Sentence(
        401,
        ("登录已超过十分钟或尚未开始。", "请重新输入登录名和密码。"),
        ("The sign-in took longer than ten minutes or was never begun.", "Give login and password again."),
    ),
    "sign-in.code-needed": Sentence(
        401,
        ("该账号登录需要第二重验证。", "程序请在 code 中附上六位验证码；网页请按提示完成第二步。"),
        (
            "This account signs in with a second factor.",
            "Send the six digits as `code`, or sign in by the page, which asks for it.",
        ),
    ),
    "sign-in.enrol-first": Sentence(
        403,
        ("该账号须先设置第二重验证。", "请先在网页登录一次并完成设置。"),
        ("This account must set up its second factor first.", "Sign in once by the page and follow it."),
    ),
    "second-factor.code": Sentence(
        422,
        ("验证码不正确、已过期或已使用过。", "请等待验证器显示下一个验证码后重试，或使用恢复码。"),
        (
            "The code is wrong, too old or used already.",
            "Wait for the next one and try again, or use a recovery code.",
        ),
    ),
    "second-factor.passkey": Sentence(
        422,
        ("通行密钥的答复不能通过验证。", "请重试，或使用验证码。"),
        ("The passkey's answer could not be verified.", "Try again, or use a code."),
    ),
    "second-factor.no-host": Sentence(
        409,
        ("在这个地址不能使用通行密钥。", "通行密钥需要域名；本机演示请改用 localhost 打开，或使用验证码生成器。"),
        (
            "Passkeys do not work at this address.",
            "They need a host name: on your own machine open the site as localhost, or use a code generator.",
        ),
    ),
    "second-factor.kind": Sentence(
        422,
        ("没有这种验证方式。", "请选择验证码生成器或通行密钥。"),
        ("There is no such kind of second factor.", "Choose a code generator or a passkey."),
    ),
    "second-factor.name": Sentence(
        422,
        ("请填写设备名称，不超过 60 个字符。", "例如“我的手机”。"),
        ("Give the device a name of at most 60 characters.", "Such as “my telephone”."),
    ),
    "second-factor.too-many": Sentence(
        409,
        ("最多设置 {most} 个验证方式。", "请先移除不用的。"),
        ("There can be {most} second factors at most.", "Take one away first."),
    ),
    "second-factor.unknown": Sentence(
        404,
        ("没有这个验证方式。", "请回到账号页重新设置。"),
        ("There is no such second factor.", "Go back to your account and begin again."),
    ),
    "second-factor.last": Sentence(
        409,
        ("您的角色至少要保留一个验证方式。", "请先添加另一个，再移除这一个。"),
        ("Your role keeps at least one second factor.", "Add another one first."),
    ),
    "second-factor.needed": Sentence(
        403,
        ("这个身份须先设置第二重验证。", "请在账号页设置后再切换。"),
        ("This role needs a second factor.", "Set one up on your account's page, then switch."),
    ),
    "signing.place": Sentence(
        422,
        ("密钥存放位置“{place}”不可识别。", "请填写 browser 或 file。"),
        ("“{place}” is no place of a key.", "Say browser or file."),
    ),
    "signing.reason": Sentence(
        422,
        ("没有选择注销原因。", "请从列表中选择一项。"),
        ("No reason for the revocation was chosen.", "Choose one from the list."),
    ),
}
