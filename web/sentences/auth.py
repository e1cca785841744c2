"""Sentences for refusals about organisations, accounts, permissions, keys and signatures."""

from web.sentences import Sentence

SENTENCES = {
    "permission.denied": Sentence(
        403,
        ("您的角色（{role}）无权进行该操作（{verb}）。", "请由有权的角色办理，或切换所代表的单位。"),
        ("The role “{role}” may not do “{verb}”.", "Let the responsible role do it, or switch the body you act for."),
    ),
    "organisation.credit-code": Sentence(
        422,
        ("“{credit_code}”不是有效的统一社会信用代码。", "请核对 18 位代码，最后一位是校验码。"),
        (
            "“{credit_code}” is not a valid unified social credit code.",
            "Check its 18 characters; the last one is a check digit.",
        ),
    ),
    "organisation.known": Sentence(
        409,
        ("统一社会信用代码 {credit_code} 已登记。", "请使用已登记的单位，或联系中心核实。"),
        ("The credit code {credit_code} is registered already.", "Use the registered organisation, or ask the centre."),
    ),
    "organisation.name": Sentence(
        422,
        ("单位名称为空。", "请填写营业执照或登记证上的全称。"),
        ("The organisation has no name.", "Give the full name of its licence or registration."),
    ),
    "organisation.region": Sentence(
        422,
        ("“{region}”不是六位行政区划代码。", "请按 GB/T 2260 填写六位数字。"),
        ("“{region}” is not a region code of six digits.", "Give the six digits of GB/T 2260."),
    ),
    "organisation.unknown": Sentence(
        404,
        ("没有这个单位（{id}）。", "请先登记单位。"),
        ("There is no organisation {id}.", "Register it first."),
    ),
    "account.unknown": Sentence(
        404,
        ("没有这个账号（{id}）。", "请核对账号编号。"),
        ("There is no account {id}.", "Check the account's id."),
    ),
    "login.form": Sentence(
        422,
        ("“{login}”不能用作登录名。", "请用 2 至 64 个文字、数字或 . @ + - _。"),
        ("“{login}” cannot be a login.", "Use 2 to 64 letters, digits or . @ + - _."),
    ),
    "login.taken": Sentence(
        409,
        ("登录名“{login}”已被使用。", "请换一个登录名。"),
        ("The login “{login}” is taken.", "Choose another one."),
    ),
    "password.length": Sentence(
        422,
        ("密码须有 {shortest} 至 {longest} 个字符。", "请设置更合适的密码，可以用几个词组成的短句。"),
        ("A password has {shortest} to {longest} characters.", "Choose another one; a phrase of some words is fine."),
    ),
    "sign-in.refused": Sentence(
        401,
        ("登录名或密码不正确。", "请核对后重试；忘记密码请联系系统管理员。"),
        ("Login or password is not right.", "Check both and try again; a system administrator can help."),
    ),
    "sign-in.locked": Sentence(
        429,
        ("尝试次数过多，登录已暂停至 {until}。", "请稍后再试；已登录的会话不受影响。"),
        ("Too many tries: signing in is paused until {until}.", "Try again later; open sessions go on."),
    ),
    "membership.unknown": Sentence(
        404,
        ("没有这个身份（{id}）。", "请从自己的身份列表中选择。"),
        ("There is no such role {id}.", "Choose from the list of your own roles."),
    ),
    "membership.exclusive": Sentence(
        409,
        ("管理员只能担任一种角色，不能同时是：{roles}。", "请为不同的角色使用不同的人员和账号。"),
        (
            "An administrator has one role and no other; together were asked: {roles}.",
            "Let different people with different accounts hold them.",
        ),
    ),
    "membership.role": Sentence(
        422,
        ("角色“{role}”不能授予账号。", "请选择其他角色。"),
        ("The role “{role}” cannot be given to an account.", "Choose another role."),
    ),
    "membership.no-body": Sentence(
        422,
        ("角色“{role}”须代表一个单位。", "请指定所代表的单位。"),
        ("The role “{role}” speaks for a body.", "Name the organisation it acts for."),
    ),
    "membership.last": Sentence(
        409,
        ("您是本地区最后一位“{role}”，不能放弃该身份。", "请先由安全管理员授权其他人员。"),
        (
            "You are the last who holds the role “{role}” in this region.",
            "Let the security administrator grant it to somebody else first.",
        ),
    ),
    "membership.known": Sentence(
        409,
        ("该账号已有这个身份（{role}）。", "无须重复授予。"),
        ("The account has this role “{role}” already.", "Nothing needs to be done."),
    ),
    "signing.bad-key": Sentence(
        422,
        ("公钥不是 P-256 曲线上的点：{why}", "请在本机重新生成密钥。"),
        ("The public key is no point of P-256: {why}", "Make a new key on your machine."),
    ),
    "signing.bad-subject": Sentence(
        422,
        ("证书主体不合格：{why}", "请核对名称和编号。"),
        ("The certificate's subject cannot stand: {why}", "Check the name and the number."),
    ),
    "signing.not-certified": Sentence(
        422,
        ("证书不是由约定的机构签发的有效证书：{why}", "请使用在本平台登记的签名证书。"),
        (
            "The certificate is not a good one of the agreed authority: {why}",
            "Use the signing certificate registered here.",
        ),
    ),
    "signing.out-of-date": Sentence(
        422,
        ("签名时证书不在有效期内（至 {until}）。", "请更新证书后重新签名。"),
        ("The certificate was not valid at that time (until {until}).", "Renew the certificate and sign again."),
    ),
    "signing.bad-signature": Sentence(
        422,
        ("签名与内容不符（{serial}）。", "请用登记的密钥对当前内容重新签名。"),
        ("The signature does not fit the content ({serial}).", "Sign the present content again, with that key."),
    ),
    "signing.not-a-digest": Sentence(
        422,
        ("只能对 32 字节的摘要签名，收到 {length} 字节。", "请先计算 SHA-256。"),
        ("Only a digest of 32 bytes is signed, not {length} bytes.", "Compute the SHA-256 first."),
    ),
    "signing.no-proof": Sentence(
        422,
        ("不能证明您持有该密钥。", "请在持有私钥的设备上重新申请。"),
        ("The possession of the key is not proven.", "Apply again on the device that holds the private key."),
    ),
    "signing.known": Sentence(
        409,
        ("该公钥已登记。", "请直接使用，或生成新的密钥。"),
        ("This public key is registered already.", "Use it, or make a new key."),
    ),
    "signing.unknown": Sentence(
        404,
        ("没有登记这个签名密钥（{id}）。", "请先登记签名密钥。"),
        ("There is no such signing key ({id}).", "Register the key first."),
    ),
    "signing.revoked": Sentence(
        409,
        ("该签名密钥已于 {at} 注销。", "请登记新的密钥。"),
        ("The signing key was revoked at {at}.", "Register a new key."),
    ),
    "key-file.missing": Sentence(
        404,
        ("没有密钥文件 {path}。", "请核对路径，或从备份中恢复。"),
        ("There is no key file {path}.", "Check the path, or restore it from a backup."),
    ),
    "key-file.too-open": Sentence(
        409,
        ("密钥文件 {path} 能被他人读取。", "请运行 chmod 600；若可能已外泄，请更换密钥。"),
        ("Others can read the key file {path}.", "Run chmod 600 on it; if it may have leaked, replace the key."),
    ),
    "key-file.damaged": Sentence(
        409,
        ("密钥文件 {path} 已损坏：{why}", "请从备份中恢复，不要删除后重建：旧数据将无法读取。"),
        (
            "The key file {path} is damaged: {why}",
            "Restore it from a backup; a newly made key would not read the old data.",
        ),
    ),
    "key-file.unwritable": Sentence(
        409,
        ("不能写入密钥文件 {path}：{why}", "请检查文件夹的权限和剩余空间。"),
        ("The key file {path} cannot be written: {why}", "Check the folder's permissions and the free space."),
    ),
    "key-file.exists": Sentence(
        409,
        ("密钥文件 {path} 已存在，不会覆盖。", "请使用已有的密钥，或换一个文件名。"),
        ("The key file {path} exists and is not overwritten.", "Use the key there, or another file name."),
    ),
    "key-file.passphrase": Sentence(
        422,
        ("密钥文件 {path} 的口令缺失或不正确。", "请输入建立该文件时的口令。"),
        ("The passphrase of {path} is missing or wrong.", "Give the one the file was made with."),
    ),
    "key-service.refused": Sentence(
        409,
        ("不能解开受保护的数据（{label}）。", "请确认主密钥文件属于本平台且未更换。"),
        ("The protected data ({label}) cannot be unwrapped.", "Make sure that the master key is this platform's own."),
    ),
}
