"""Sentences for a section's archive: asking for its hand-over, and what `openhall verify archive` refuses."""

from web.sentences import Sentence


def _again(zh: str, en: str) -> Sentence:
    return Sentence(
        422,
        (zh, "请重新取得移交文件；仍不通过的，向监督部门报告。"),
        (en, "Get the hand-over again; if it still fails, report it to the supervising body."),
    )


SENTENCES = {
    "publication.over": Sentence(
        410,
        (
            "标段 {section} 的公开期限已满，公开内容已撤下。",
            "撤下时间 {at}，依据{source} {mark}。证据包索引的 SHA-256 为 {digest}，留在公开日志中；"
            "档案仍依法保存，当事人、交易中心和监督部门凭各自权限继续查阅，其他人可向交易中心申请。",
        ),
        (
            "The publication of section {section} has come to its end and was taken down.",
            "Taken down {at}, by {source} {mark}. The SHA-256 of the evidence's index, {digest}, stays in the public log, and "
            "the archive is kept: the parties, the centre and the supervising body read on; anybody else asks the centre.",
        ),
    ),
    "archive.none": Sentence(
        404,
        ("标段 {section} 尚未发布招标公告，没有档案。", "公告发布后再查看档案。"),
        ("Section {section} is not published yet and has no archive.", "Come back after its notice."),
    ),
    "archive.not-sealed": Sentence(
        409,
        ("标段 {section} 尚未结束，或证据文件正在封存，暂不能移交。", "请在中标结果或流标公告发布、证据封存后移交。"),
        (
            "Section {section} has not ended, or its evidence is being sealed: nothing can be handed over yet.",
            "Hand it over after the notice of award or failure, once the evidence is sealed.",
        ),
    ),
    "archive.making": Sentence(
        409,
        ("第 {number} 份移交文件正在生成。", "请等待生成完毕。"),
        ("Hand-over no. {number} is being made.", "Wait until it is done."),
    ),
    "archive.file-unknown": Sentence(
        404,
        ("没有第 {number} 份移交文件。", "请从档案页面下载已生成的文件。"),
        ("There is no hand-over no. {number}.", "Download one that is listed on the archive's page."),
    ),
    "archive.damaged": Sentence(
        422,
        ("存储中的文件 {name} 与登记的摘要不一致。", "请保留现状并通知中心信息人员和监督部门。"),
        (
            "The stored file {name} is not the one whose digest is listed.",
            "Leave everything as it is and tell the centre's operators and the supervising body.",
        ),
    ),
    "archive.zip": _again("该文件不是完整的移交文件：{why}。", "This is not a hand-over in its one form: {why}."),
    "archive.manifest": _again("摘要清单与文件不一致。", "The list of digests is not that of the files."),
    "archive.table": _again("供阅读的索引与索引不一致。", "The index to read says something else than the index."),
    "archive.row": _again(
        "归档清单中“{item}”一项自相矛盾。", "The item {item} of the completeness list contradicts itself."
    ),
    "archive.member-missing": _again("移交文件缺少该文件。", "A file that the hand-over must hold is missing."),
    "archive.member-extra": _again("有文件未列入索引。", "A file is not listed in the index."),
    "archive.member-changed": _again("该文件与索引中的摘要不一致。", "The file is not the one the index lists."),
    "archive.within": _again(
        "证据包内没有清单所列的“{item}”文件。", "The evidence does not hold the file listed for {item}."
    ),
    "archive.section": _again("证据包属于另一标段 {section}。", "The evidence is that of another section, {section}."),
    "archive.differs": _again("该文件与证据包中的事件不一致。", "The file does not say what the logged events say."),
    "archive.event": _again(
        "公开日志中的该事件说的不是这份文件。", "The log's event tells of another file than this one."
    ),
}
