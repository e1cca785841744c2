"""Sentences for the time of marking and for pauses under seal."""

from web.sentences import Sentence

SENTENCES: dict[str, Sentence] = {
    "marks.time-over": Sentence(
        409,
        (
            "评分时间已于 {until} 结束。",
            "已保存的评分不会丢失；认为时间不够的，请通知招标代理延长评标时间（《实施条例》第四十八条）。",
        ),
        (
            "The time for marking ended {until}.",
            "Nothing that was saved is lost; tell the agent that the time is too short, and it can be extended "
            "(Implementing Regulations, article 48).",
        ),
    ),
    "marking-time.not-now": Sentence(
        409,
        ("目前没有正在进行的评分（状态：{state}）。", "评标委员会开始评分后、全部锁定之前方可办理。"),
        (
            "Nothing is being marked now (state: {state}).",
            "Come back while the committee marks, before all have locked.",
        ),
    ),
    "marking-time.past": Sentence(
        422,
        ("{until} 已经过去。", "请填写一个将来的时间。"),
        ("{until} has gone by.", "Give a time to come."),
    ),
    "marking-time.shortened": Sentence(
        422,
        ("评标时间只能延长：{until} 不晚于已定的 {before}。", "请填写更晚的时间。"),
        ("The time can only be extended: {until} is not after {before}, which was set.", "Give a later time."),
    ),
    "marking-time.none": Sentence(
        409,
        ("标段 {section} 没有设定评分时限。", "可以继续评分，直到全部锁定。"),
        ("No time for marking is set in section {section}.", "Go on marking until all have locked."),
    ),
    "evaluation.paused": Sentence(
        409,
        (
            "标段 {section} 的评审自 {since} 起休会，评标室已封存。",
            "请等待交易中心查验封条后恢复评审；已保存的内容不会丢失。",
        ),
        (
            "The evaluation of section {section} pauses since {since}; the room is sealed.",
            "Wait until the centre has looked at the seal; nothing that was saved is lost.",
        ),
    ),
    "pause.running": Sentence(
        409,
        ("标段 {section} 已经休会。", "请先查验封条并恢复评审。"),
        ("The evaluation of section {section} pauses already.", "Look at the seal and go on first."),
    ),
    "pause.none": Sentence(
        409,
        ("标段 {section} 没有休会。", "刷新页面，查看当前状态。"),
        ("The evaluation of section {section} does not pause.", "Load the page again to see how it stands."),
    ),
    "pause.words": Sentence(
        422,
        ("请写明情况（最多 {most} 字）。", "事由、封存方式和查验结果都会随评分公布。"),
        (
            "Say what happened (at most {most} characters).",
            "Reason, seal and what was found are published with the marks.",
        ),
    ),
    "pause.intact": Sentence(
        422,
        ("请选择封条是否完好。", "两者必选其一；封条不完好也可以恢复评审，但会公布。"),
        ("Say whether the seal was whole.", "Choose one; the evaluation can go on either way, and it is published."),
    ),
}
