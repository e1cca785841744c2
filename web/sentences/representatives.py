"""Sentences for naming the purchaser's representatives, and for who controls a company."""

from web.sentences import Sentence

SENTENCES = {
    "representative.none": Sentence(
        404,
        ("没有这样的采购人代表席位（{number}）。", "请在抽取完成后，从页面列出的席位中选择。"),
        ("There is no such seat of a representative ({number}).", "Choose one the page lists once the draw is made."),
    ),
    "representative.not-now": Sentence(
        409,
        ("当前阶段（{state}）不能指派采购人代表。", "请在抽取完成后、打分公开前指派。"),
        (
            "No representative is named at this stage ({state}).",
            "Name one once the draw is made and before the marks are published.",
        ),
    ),
    "representative.seated": Sentence(
        409,
        ("{judge} 席位的采购人代表已经签到，不能更换。", "有回避情形的，由其本人声明或由监督部门处理。"),
        (
            "The representative of {judge} has signed in and is not exchanged any more.",
            "A conflict is declared by that person, or settled by the supervising body.",
        ),
    ),
    "representative.name": Sentence(
        422,
        ("姓名为空、含有数字，或超过 {most} 个字。", "请填写与授权书一致的姓名全称。"),
        (
            "The name is missing, has digits in it, or is longer than {most} characters.",
            "Give the whole name as the mandate has it.",
        ),
    ),
    "representative.identity": Sentence(
        422,
        ("身份证号码不对：校验位或日期不符。", "请对照证件核对 18 位号码。"),
        (
            "This is no resident identity number: its check digit or its date is wrong.",
            "Compare the 18 signs with the card.",
        ),
    ),
    "representative.twice": Sentence(
        409,
        ("此人已是本委员会另一席位的采购人代表。", "请另行指派。"),
        ("This person already sits for the purchaser on this committee.", "Name somebody else."),
    ),
    "representative.mandate": Sentence(
        422,
        ("授权书不是 PDF 文件，或超过 {most} MB。", "请上传盖章授权书的 PDF 扫描件。"),
        ("The mandate is no PDF, or larger than {most} MB.", "Hand in the signed mandate as a PDF."),
    ),
    "representative.sealed": Sentence(
        403,
        ("{judge} 席位的授权书尚在密封：该采购人代表还没有到场。", "请在其签到台签到后核对；此前任何人看不到姓名。"),
        (
            "The mandate of {judge} is sealed still: its holder has not come.",
            "Compare it once that person has checked in; nobody reads the name before.",
        ),
    ),
    "representative.changed": Sentence(
        409,
        ("此页打开之后，本标段又有人指派了采购人代表。", "下面是最新情况；核对后如仍需指派，请重新提交。"),
        (
            "Somebody has been named in this section since this page was opened.",
            "What stands now is shown; look at it, and hand in again if it is still needed.",
        ),
    ),
    "representative.many": Sentence(
        409,
        ("本标段指派采购人代表已达 {most} 次。", "请联系交易中心。"),
        ("Representatives have been named {most} times in this section.", "Ask the trading centre."),
    ),
    "representative.number": Sentence(
        422,
        ("采购人代表人数“{given}”不是 0 到 99 的整数。", "请填写人数，没有代表填 0。"),
        (
            "“{given}” is no number of representatives.",
            "Give a whole number from 0; 0 where nobody sits for the purchaser.",
        ),
    ),
    "panel.need": Sentence(
        422,
        (
            "“{given}”不是第二级以下的专业代码，或没有填写人数。",
            "请填写五位或七位专业代码（如 A0804）和人数，或将该行清空。",
        ),
        (
            "“{given}” is no profession below the second level, or its line lacks the number of judges.",
            "Give a code of five or seven signs such as A0804 and a number, or empty the line.",
        ),
    ),
    "representative.why": Sentence(
        422,
        ("该席位已有采购人代表；更换须选择原因。", "请选择更换原因，原因记入日志。"),
        (
            "Somebody has been named for this seat; naming another needs a reason.",
            "Choose the reason; it is logged.",
        ),
    ),
    "controller.self": Sentence(
        422,
        ("这是本单位自己的统一社会信用代码。", "请填写控股或实际控制单位的代码。"),
        ("This is your own organisation's credit code.", "Give the code of the company that controls it."),
    ),
    "controller.name": Sentence(
        422,
        ("单位名称为空，或超过 {most} 个字。", "请填写营业执照上的全称。"),
        ("The company's name is missing or longer than {most} characters.", "Give its registered name."),
    ),
    "controller.known": Sentence(
        409,
        ("{code} 已经申报。", "无需重复申报。"),
        ("{code} is declared already.", "There is nothing more to do."),
    ),
    "controller.many": Sentence(
        409,
        ("控股和实际控制单位最多申报 {most} 个。", "请先结束不再控制的单位。"),
        ("At most {most} controlling companies are declared.", "End one that controls no more first."),
    ),
    "controller.unknown": Sentence(
        404,
        ("没有这项申报。", "请刷新页面。"),
        ("There is no such declaration.", "Load the page again."),
    ),
}
