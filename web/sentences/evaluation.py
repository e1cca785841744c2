"""Sentences for evidence files, scoring methods, marks and `openhall recompute`."""

from web.sentences import Sentence

EVIDENCE = {
    "evidence.type": Sentence(
        422,
        ("{path} 处的类型不对，应为：{expected}。", "请按 docs/formats/recompute.md 的格式改正。"),
        ("{path} has the wrong type: expected {expected}.", "Correct it as docs/formats/recompute.md says."),
    ),
    "evidence.field-missing": Sentence(
        422,
        ("缺少字段“{field}”。", "请补充 {path}。"),
        ("The field “{field}” is missing.", "Add {path}."),
    ),
    "evidence.field-unknown": Sentence(
        422,
        ("未知字段“{field}”。", "请删除 {path}，或检查拼写。"),
        ("The field “{field}” is unknown.", "Remove {path}, or check its spelling."),
    ),
    "evidence.word": Sentence(
        422,
        ("“{value}”不在可选值之内。", "{path} 只能取：{allowed}。"),
        ("“{value}” is not one of the allowed words.", "{path} takes one of: {allowed}."),
    ),
    "evidence.range": Sentence(
        422,
        ("{value} 超出范围 {low} 至 {high}。", "请改正 {path}。"),
        ("{value} is outside {low} to {high}.", "Correct {path}."),
    ),
    "evidence.decimal": Sentence(
        422,
        ("“{value}”不是十进制数字字符串。", "{path} 请按“12.50”的形式填写，不得使用科学计数法。"),
        ("“{value}” is not a decimal string.", 'Write {path} like "12.50", without an exponent.'),
    ),
    "recompute.kind-unknown": Sentence(
        422,
        ("没有“{kind}”这种复算。", "可复算的种类：{kinds}。"),
        ("There is no KIND “{kind}”.", "KIND is one of: {kinds}."),
    ),
    "recompute.file": Sentence(
        422,
        ("无法读取文件 {file}：{why}。", "请检查路径和读取权限。"),
        ("The file {file} cannot be read: {why}.", "Check its path and permissions."),
    ),
}

EVALUATION = {
    "evaluation.no-bids": Sentence(
        422,
        ("没有可评审的投标。", "全部投标被否决的，应当重新招标（《招标投标法》第四十二条）。"),
        (
            "There is no bid to evaluate.",
            "Where all bids are rejected, tender again (Tendering and Bidding Law, art. 42).",
        ),
    ),
    "evaluation.name-empty": Sentence(
        422,
        ("编号不能为空。", "请填写 {path} 的编号。"),
        ("An id is empty.", "Give {path} an id."),
    ),
    "evaluation.item-twice": Sentence(
        422,
        ("评分项“{item}”重复。", "请使每个评分项编号唯一。"),
        ("The item “{item}” stands twice.", "Give every item its own id."),
    ),
    "evaluation.item-unknown": Sentence(
        422,
        ("没有应由此处评分的评分项“{item}”。", "请删除 {path}，只对评标办法列明的评分项评分。"),
        ("No item “{item}” is to be marked here.", "Remove {path}; only the method's items are marked."),
    ),
    "evaluation.bid-unknown": Sentence(
        422,
        ("没有参加评审的投标“{bid}”。", "请删除 {path}；已否决的投标不参加评分。"),
        ("No bid “{bid}” takes part.", "Remove {path}; a rejected bid is not marked."),
    ),
    "evaluation.bid-twice": Sentence(
        422,
        ("投标“{bid}”既在有效投标中又在否决名单中。", "请只保留其一。"),
        ("The bid “{bid}” stands both in bids and in rejected.", "Keep one of them."),
    ),
    "evaluation.price-not-positive": Sentence(
        422,
        ("投标报价 {value} 不大于零。", "请核对 {path}。"),
        ("The bid price {value} is not above zero.", "Check {path}."),
    ),
    "evaluation.benchmark-zero": Sentence(
        422,
        ("评标基准价四舍五入后不大于零，无法计算偏差。", "请核对报价和 K 值。"),
        ("The benchmark price rounds to zero or less.", "Check the prices and K."),
    ),
    "evaluation.mark-range": Sentence(
        422,
        ("评分 {value} 超出评分项“{item}”的范围 0 至 {max}。", "请改正 {path}。"),
        ("The mark {value} is outside 0 to {max} of the item “{item}”.", "Correct {path}."),
    ),
    "evaluation.mark-step": Sentence(
        422,
        ("评分 {value} 不是评分项“{item}”步长 {step} 的整数倍。", "请改正 {path}。"),
        ("The mark {value} is not a multiple of the step {step} of the item “{item}”.", "Correct {path}."),
    ),
    "evaluation.mark-missing": Sentence(
        422,
        ("缺少“{missing}”的评分。", "请补充 {path}；每位评委须对每份投标的每个评分项评分。"),
        ("The mark for “{missing}” is missing.", "Add {path}; every judge marks every item of every bid."),
    ),
    "evaluation.draw-missing": Sentence(
        422,
        ("{tied} 并列，须抽签确定次序，但没有抽签证据。", "请附上以并列投标为名单的 draw。"),
        ("{tied} are tied and need a lot, but there is no draw.", "Add a draw whose pool is the tied bids."),
    ),
    "evaluation.draw-pool": Sentence(
        422,
        (
            "抽签名单与并列投标（{tied}）不一致，或各方机会不等。",
            "名单须恰为并列投标，每个一次、权重相同，候补数为并列数减一。",
        ),
        (
            "The draw is not one among the tied bids ({tied}) with equal chances.",
            "Its pool must hold each tied bid once, of equal weight, with alternates one fewer than the bids.",
        ),
    ),
    "evaluation.draw-unused": Sentence(
        422,
        ("附有抽签证据，但没有须抽签的并列。", "请删除 draw。"),
        ("There is a draw, but no tie that a lot settles.", "Remove the draw."),
    ),
}

METHOD = {
    "method.kind-not-allowed": Sentence(
        422,
        ("本项目适用的规则不允许评标办法“{kind}”（{source}）。", "可选：{allowed}。"),
        ("The rules in force do not allow the method “{kind}” ({source}).", "Choose one of: {allowed}."),
    ),
    "method.lot-forbidden": Sentence(
        422,
        ("不得以抽签方式确定投标人次序（{source}）。", "请改用报价、技术得分或由招标人确定。"),
        (
            "Bidders must not be ranked by lot ({source}).",
            "Use the price, the technical score or the procuring entity.",
        ),
    ),
    "method.tie-twice": Sentence(
        422,
        ("并列处理规则“{tie}”重复。", "每条规则只列一次。"),
        ("The tie rule “{tie}” stands twice.", "List each rule once."),
    ),
    "method.tie-after-end": Sentence(
        422,
        ("“{tie}”之后的并列处理规则不会被采用。", "请将“{tie}”列在最后。"),
        ("No tie rule can follow “{tie}”.", "Let “{tie}” be the last."),
    ),
    "method.deductions-early": Sentence(
        422,
        ("评标办法发出时尚无投标人，不能列明对某一投标的价格扣除。", "请删除 deductions，在评审时按规定适用。"),
        (
            "No bid is known yet, so none can have a deduction.",
            "Remove deductions; they are applied when bids are evaluated.",
        ),
    ),
    "method.trim-conflict": Sentence(
        422,
        ("去掉最高、最低报价的家数与起用家数（trim_from）不一致。", "两者须同时规定，或都不规定。"),
        ("drop_high and drop_low do not go with trim_from.", "State both or neither."),
    ),
    "method.step-misses-max": Sentence(
        422,
        ("评分项“{item}”的满分 {max} 不是步长 {step} 的整数倍，满分无法给出。", "请调整满分或步长。"),
        ("The maximum {max} of the item “{item}” is not a multiple of its step {step}.", "Change one of them."),
    ),
    "method.items-unused": Sentence(
        422,
        ("经评审的最低投标价法不设评分项。", "请删除评分项，或选用综合评估法。"),
        ("The lowest evaluated price has no scored items.", "Remove them, or choose a scored method."),
    ),
    "method.points": Sentence(
        422,
        ("价格权重与各评分项满分合计为 {total}，应为 {needed}。", "请调整权重或满分。"),
        (
            "The price weight and the items' maxima add up to {total} instead of {needed}.",
            "Change a weight or a maximum.",
        ),
    ),
}

SENTENCES = EVIDENCE | EVALUATION | METHOD
