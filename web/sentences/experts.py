"""Sentences for the register of experts: applications, versions, standing."""

from web.sentences import Sentence

SENTENCES = {
    "application.unknown": Sentence(
        404,
        ("没有这份入库申请。", "请从申请列表进入；其他地区的申请不在此显示。"),
        ("There is no such application.", "Take one from the list; other regions' are not shown here."),
    ),
    "letter.unknown": Sentence(
        422,
        (
            "信函口令或专家编号不正确，或信函已失效。",
            "请核对信函上的口令和编号；信函过期的，请向专家库管理部门申请新的信函。",
        ),
        (
            "The code or the expert's number is wrong, or the letter is over.",
            "Compare both with the letter; where it is over, ask the pool office for another.",
        ),
    ),
    "letter.tries": Sentence(
        429,
        ("尝试次数过多。", "请在一刻钟后再试。"),
        ("There were too many tries.", "Try again in a quarter of an hour."),
    ),
    "letter.linked": Sentence(
        409,
        ("该专家已有账号。", "无需再发信函；忘记密码的，由本人在登录页找回。"),
        (
            "This expert has an account already.",
            "No letter is needed; a forgotten password is reset where one signs in.",
        ),
    ),
    "letter.removed": Sentence(
        409,
        ("该专家已出库。", "重新入库后再发信函。"),
        ("This expert has left the pool.", "A letter is issued after another admission."),
    ),
    "letter.none": Sentence(
        404,
        ("没有有效的信函。", "请先签发信函。"),
        ("There is no letter that still holds.", "Issue one first."),
    ),
    "password.repeated": Sentence(
        422,
        ("两次输入的密码不一致。", "请重新输入两次相同的密码。"),
        ("The two passwords differ.", "Type the same one twice."),
    ),
    "file.kind": Sentence(
        422,
        ("文件不是 PDF、JPEG 或 PNG。", "请把证书扫描为其中一种格式后重新选择全部文件。"),
        ("A file is no PDF, JPEG or PNG.", "Scan the certificate as one of them and choose all files again."),
    ),
    "file.size": Sentence(
        422,
        ("文件为空或超过 {most} MB。", "请压缩后重新选择全部文件。"),
        ("A file is empty or larger than {most} MB.", "Make it smaller and choose all files again."),
    ),
    "file.many": Sentence(
        422,
        ("文件超过 {most} 个。", "请合并后重新选择。"),
        ("There are more than {most} files.", "Put several into one and choose again."),
    ),
    "file.unknown": Sentence(
        404,
        ("没有这个文件。", "请从申请页面打开。"),
        ("There is no such file.", "Open it from the application's page."),
    ),
    "file.altered": Sentence(
        500,
        ("存储的文件与登记的哈希值不符。", "请勿据此审核，并通知系统管理员。"),
        (
            "What is stored is not the file whose hash was kept.",
            "Do not review by it; tell the system's administrator.",
        ),
    ),
    "objection.words": Sentence(
        422,
        ("异议内容为空或超过 {most} 个字。", "请写明不服的事实和理由。"),
        ("The objection is blank or longer than {most} characters.", "Say which facts you dispute, and why."),
    ),
    "objection.over": Sentence(
        409,
        ("已提出过异议，或提出期限已过。", "请直接联系专家库管理部门或其上级部门。"),
        ("You have objected already, or the time to object is over.", "Write to the pool office or the body above it."),
    ),
    "objection.unknown": Sentence(
        404,
        ("没有这项变动。", "请从“我的入库信息”进入。"),
        ("There is no such change.", "Take one from your own page."),
    ),
    "expert.unknown": Sentence(
        404,
        ("没有这位专家。", "请从专家列表进入；其他地区的专家不在此显示。"),
        ("There is no such expert.", "Take one from the list; other regions' are not shown here."),
    ),
    "expert.name": Sentence(
        422,
        ("姓名为空或超过 {longest} 个字。", "请按证件填写姓名。"),
        ("The name is empty or longer than {longest} characters.", "Write it as on the document."),
    ),
    "expert.check-digit": Sentence(
        422,
        ("居民身份证号码的出生日期或校验码不正确。", "请逐位核对 18 位号码，末位可为 X。"),
        (
            "The resident number's date of birth or check digit is wrong.",
            "Compare all 18 characters; the last may be X.",
        ),
    ),
    "expert.employer": Sentence(
        422,
        ("单位的统一社会信用代码不正确。", "请核对 18 位代码；无工作单位的请留空。"),
        ("The employer's credit code is wrong.", "Compare its 18 characters; leave it empty if you work for nobody."),
    ),
    "expert.years": Sentence(
        422,
        (
            "从事相关领域工作须满 {least} 年。",
            "请填写实际年限；不满 {least} 年的依法不能入库（{source}）。",
        ),
        (
            "At least {least} years of work in the field are needed.",
            "State the real number; with fewer the rules admit nobody ({source}).",
        ),
    ),
    "expert.title": Sentence(
        422,
        ("没有选择职称。", "请选择一项；没有高级职称的选“同等专业水平”。"),
        ("No professional title was chosen.", "Choose one; without a senior title, take “of the same level”."),
    ),
    "expert.equal": Sentence(
        422,
        ("认定同等专业水平须写明理由，不超过 {most} 字。", "请写明依据的业绩、成果或证书。"),
        (
            "Taking a level as equal to a senior title needs a written reason of at most {most} characters.",
            "Name the works, papers or certificates it rests on.",
        ),
    ),
    "expert.profession-unknown": Sentence(
        422,
        ("专业分类中没有这些代码，或已停用：{codes}。", "请从列表中选择，或按国家评标专家专业分类填写。"),
        ("The list of professions does not hold: {codes}.", "Tick one, or write a code of the national list."),
    ),
    "expert.certificate": Sentence(
        422,
        ("证书这一行没有填对。", "请填写证书名称和编号，有截止日期的写明日期，或清空整行。"),
        (
            "This row of certificates is not right.",
            "Give kind, number and the last day if there is one, or empty the row.",
        ),
    ),
    "expert.tie": Sentence(
        422,
        ("利害关系这一行没有填对。", "请填写单位的统一社会信用代码、关系和起止日期，或清空整行。"),
        ("This row of ties is not right.", "Give credit code, kind and days, or empty the row."),
    ),
    "expert.too-long": Sentence(
        422,
        ("证书或利害关系的行数过多。", "请只填写与评标有关的内容。"),
        ("There are too many certificates or ties.", "State those that matter to evaluations."),
    ),
    "expert.consent": Sentence(
        422,
        ("尚未勾选全部同意事项。", "请逐项阅读并勾选；不同意的不能入库。"),
        ("Not everything was agreed to.", "Read and tick each; without all of them nobody can be entered."),
    ),
    "expert.no-office": Sentence(
        422,
        ("区域 {region} 没有专家库管理机构。", "请填写所在地市或省的行政区划代码。"),
        ("No office keeps a pool for region {region}.", "Write the code of your city or province."),
    ),
    "expert.crowded": Sentence(
        429,
        ("从此处提交的申请过多。", "请一刻钟后再试。"),
        ("Too many applications came from here.", "Try again in a quarter of an hour."),
    ),
    "expert.reviewers": Sentence(
        403,
        ("入库须经两人复核。", "请通过入库申请办理。"),
        ("An entry needs two reviewers.", "Take it through an application."),
    ),
    "expert.same-reviewer": Sentence(
        409,
        ("初审人不能复审同一份申请。", "请由另一位工作人员复审。"),
        ("Whoever passed the first review cannot pass the second.", "Another person of the office decides."),
    ),
    "expert.own-application": Sentence(
        403,
        ("不能审核自己录入的申请。", "请由其他工作人员审核。"),
        ("Nobody reviews an application of one's own.", "Others of the office review it."),
    ),
    "expert.unchanged": Sentence(
        409,
        ("内容没有变化。", "请修改后再提交，或返回专家页面。"),
        ("Nothing is different.", "Change something, or go back to the expert's page."),
    ),
    "expert.other-region": Sentence(
        403,
        ("区域 {region} 不在您的管辖范围内。", "请填写本地区的行政区划代码，或由该地区办理。"),
        ("Region {region} is not under your office.", "Write a code of your own region, or let that office do it."),
    ),
    "expert.reason": Sentence(
        422,
        ("须写明理由，不超过 {most} 字。", "请写明事实。"),
        ("A written reason of at most {most} characters is needed.", "State the facts."),
    ),
    "expert.basis": Sentence(
        422,
        ("须写明依据，不超过 {most} 字。", "请写明法律、规则条款或决定文号。"),
        ("A ground of at most {most} characters is needed.", "Name the article, or the decision it rests on."),
    ),
    "expert.until": Sentence(
        422,
        ("暂停的最后一日须在今天之后、五年以内。", "请改正日期，或留空。"),
        ("The last day of a suspension lies after today and within five years.", "Correct it, or leave it empty."),
    ),
    "expert.re-entry": Sentence(
        409,
        ("已出库的专家须重新申请入库。", "请由其提交新的入库申请，经两人审核。"),
        (
            "Somebody removed comes back through a new application.",
            "Let the person apply anew; two people review it.",
        ),
    ),
}
