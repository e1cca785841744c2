"""Sentences about the directory of the pool: finding, professions, employers, leave, imports, other pools' lists."""

from web.sentences import Sentence

SENTENCES = {
    "directory.page": Sentence(
        400,
        zh=("页码标记无效。", "请从专家名录第一页重新翻起。"),
        en=("This mark of a page is none.", "Begin at the first page of the directory again."),
    ),
    "directory.person": Sentence(
        422,
        zh=("没有输入可查的内容。", "请输入完整姓名、完整证件号码或完整手机号码。"),
        en=(
            "There is nothing to look for.",
            "Type a whole name, a whole identity number or a whole telephone number.",
        ),
    ),
    "profession.code": Sentence(
        422,
        zh=("专业代码“{code}”格式不符。", "请按本平台采用的专业分类编码填写（格式 {form}），例如 A08 或 A0804。"),
        en=(
            "“{code}” is no code of a profession.",
            "Use a code of the classification kept here (form {form}), such as A08 or A0804.",
        ),
    ),
    "profession.name": Sentence(
        422,
        zh=("专业名称为空或超过 {longest} 个字。", "请填写 name_zh 栏。"),
        en=("The profession's name is blank or longer than {longest} characters.", "Fill in the column name_zh."),
    ),
    "profession.date": Sentence(
        422,
        zh=("日期无法识别。", "请按 2026-01-31 的格式填写。"),
        en=("The date cannot be read.", "Write it as 2026-01-31."),
    ),
    "profession.twice": Sentence(
        422,
        zh=("专业 {profession} 在清单中出现两次。", "请删去重复行后再导入。"),
        en=("Profession {profession} stands in the list twice.", "Take one of the lines away and import again."),
    ),
    "profession.parent": Sentence(
        422,
        zh=("专业 {profession} 的上级 {parent} 不存在。", "请把上级专业加入清单后再导入。"),
        en=("Above profession {profession} there is no {parent}.", "Add the profession above it to the list."),
    ),
    "profession.source": Sentence(
        422,
        zh=("未注明清单出处，或出处超过 {longest} 个字。", "请填写文件名称和文号。"),
        en=(
            "The list's source is missing or longer than {longest} characters.",
            "Name the document and its number.",
        ),
    ),
    "profession.many": Sentence(
        422,
        zh=("清单为空，或超过 {most} 行。", "请检查文件内容。"),
        en=("The list is empty or longer than {most} lines.", "Check the file."),
    ),
    "employer.unknown": Sentence(
        404,
        zh=("专家库中没有这一工作单位。", "请核对统一社会信用代码。"),
        en=("The pool knows no such employer.", "Check the credit code."),
    ),
    "employer.name": Sentence(
        422,
        zh=("单位名称为空、未变化或超过 {longest} 个字。", "请填写新的完整名称。"),
        en=(
            "The name is blank, the same as before or longer than {longest} characters.",
            "Type the new name in full.",
        ),
    ),
    "employer.same": Sentence(
        422,
        zh=("合并前后是同一单位。", "请填写并入单位的统一社会信用代码。"),
        en=("This is the same body.", "Give the credit code of the body it was merged into."),
    ),
    "employer.day": Sentence(
        422,
        zh=("生效日期在今天之后。", "请填写决定已生效的日期；尚未生效的，待生效后再登记。"),
        en=("The day is still to come.", "Give the day since which it holds; what will hold later is entered then."),
    ),
    "import.file": Sentence(
        422,
        zh=("这不是可读取的表格文件。", "请上传 CSV 文件，或只含普通工作表的 XLSX 文件。"),
        en=(
            "This is no table that can be read.",
            "Send a CSV file, or an XLSX workbook whose first sheet is a plain table.",
        ),
    ),
    "import.encoding": Sentence(
        422,
        zh=("文件编码无法识别。", "请以 UTF-8 或 GB 18030 编码另存后再上传。"),
        en=("The file's encoding cannot be told.", "Save it as UTF-8 or GB 18030 and send it again."),
    ),
    "import.too-large": Sentence(
        413,
        zh=("文件解开后超过 {most} MB。", "请分成几个文件。"),
        en=("Unpacked, the file is larger than {most} MB.", "Split it into several files."),
    ),
    "import.headings": Sentence(
        422,
        zh=("第一行不是列名，或列名重复。", "请按格式说明填写列名，每列一个。"),
        en=(
            "The first line holds no headings, or one of them twice.",
            "Write the headings as the format says, one a column.",
        ),
    ),
    "import.columns": Sentence(
        422,
        zh=("缺少必需的列：{columns}。", "请补齐后再上传。"),
        en=("These columns are missing: {columns}.", "Add them and send the file again."),
    ),
    "import.lines": Sentence(
        422,
        zh=("文件没有数据行，或超过 {most} 行。", "请检查文件，或分成几个文件。"),
        en=("The file has no lines, or more than {most}.", "Check the file, or split it."),
    ),
    "import.formula": Sentence(
        422,
        zh=("单元格是公式，不是值。", "请把公式换成它的值。"),
        en=("The cell holds a formula, not a value.", "Put the value in its place."),
    ),
    "import.region": Sentence(
        422,
        zh=("行政区划不属于您的辖区。", "请填写本地区代码，或由当地专家库人员导入。"),
        en=("This region is not under your office.", "Write a region of your own, or let that office import the line."),
    ),
    "import.twin": Sentence(
        422,
        zh=("同一人在文件中出现两次。", "请删去重复行。"),
        en=("This person stands in the file twice.", "Take one of the lines away."),
    ),
    "import.kind": Sentence(
        422,
        zh=("证件类型无法识别。", "请填写格式说明中列出的类型。"),
        en=("The kind of document is unknown.", "Use one of the kinds the format lists."),
    ),
    "import.title": Sentence(
        422,
        zh=("职称无法识别。", "请填写 senior、full-senior 或 equal。"),
        en=("The title is unknown.", "Write senior, full-senior or equal."),
    ),
    "import.number": Sentence(
        422,
        zh=("从业年限不是整数。", "请填写整数年数。"),
        en=("The years are no whole number.", "Write a whole number of years."),
    ),
    "import.certificate": Sentence(
        422,
        zh=("证书一栏格式不符。", "请按“类别、编号、有效期”填写，用竖线分隔。"),
        en=(
            "The certificates are not in the form that is asked for.",
            "Write kind, number and last day with bars between them.",
        ),
    ),
    "import.known": Sentence(
        409,
        zh=("这份文件已经交过。", "请在导入记录中查看。"),
        en=("This file was handed in before.", "Look for it among the imports."),
    ),
    "import.unknown": Sentence(
        404,
        zh=("没有这次导入。", "请从导入记录中选择。"),
        en=("There is no such import.", "Choose one from the list of imports."),
    ),
    "import.same-clerk": Sentence(
        409,
        zh=("导入须由另一人放行。", "请由另一名专家库人员放行。"),
        en=("The one who handed the file in cannot release it.", "Another clerk of the pool releases it."),
    ),
    "import.released": Sentence(
        409,
        zh=("这份文件已经放行。", "请查看导入进度。"),
        en=("The file has been released already.", "Look at how far it has come."),
    ),
    "absence.span": Sentence(
        422,
        zh=("起止时间有误。", "开始须早于结束，结束须在将来，全程不超过 {most} 天。"),
        en=(
            "The times do not fit.",
            "The beginning lies before the end, the end in the future, and no more than {most} days between.",
        ),
    ),
    "absence.overlaps": Sentence(
        409,
        zh=("与已登记的时段重叠。", "请先撤销原有时段，或改填时间。"),
        en=("This overlaps a time you entered before.", "Take the other one back first, or choose other times."),
    ),
    "absence.unknown": Sentence(
        404, zh=("没有这一时段。", "请从列表中选择。"), en=("There is no such time.", "Choose one from the list.")
    ),
    "absence.begun": Sentence(
        409,
        zh=("这一时段已经结束。", "只能撤销尚未结束的时段。"),
        en=("This time is over.", "Only a time that is not over can be taken back."),
    ),
    "absence.many": Sentence(
        409,
        zh=("登记的时段过多，最多 {most} 个。", "请撤销不再需要的时段。"),
        en=("There are too many times: {most} at most.", "Take back those you no longer need."),
    ),
    "external.file": Sentence(
        422,
        zh=("名单为空或过大。", "请上传省级专家库发来的密封名单文件，不超过 {most} MB。"),
        en=(
            "The list is empty or too large.",
            "Send the sealed list as the provincial pool gave it, no larger than {most} MB.",
        ),
    ),
    "external.source": Sentence(
        422,
        zh=("未注明名单来源，或超过 {longest} 个字。", "请填写专家库名称。"),
        en=("The list's source is missing or longer than {longest} characters.", "Name the pool it comes from."),
    ),
    "external.count": Sentence(
        422,
        zh=("人数有误。", "请填写名单中的人数。"),
        en=("The number of experts does not fit.", "Say how many experts the list holds."),
    ),
    "external.known": Sentence(
        409,
        zh=("这份名单已经收下。", "无需再次上传。"),
        en=("This list was taken in before.", "There is nothing more to do."),
    ),
    "external.unknown": Sentence(
        404, zh=("没有这份名单。", "请从标段页面查看。"), en=("There is no such list.", "Look at the section's page.")
    ),
}
