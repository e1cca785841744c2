"""Sentences for halls, rooms and their bookings."""

from web.sentences import Sentence

SENTENCES = {
    "room.name": Sentence(
        422,
        ("场地名称为空或超过 {longest} 个字。", "请填写名称。"),
        ("The room's name is empty or longer than {longest} signs.", "Give the room a name."),
    ),
    "room.seats": Sentence(
        422,
        ("座位数 {given} 不正确，须为 1 至 {most}。", "请填写座位数。"),
        ("{given} is no number of seats; 1 to {most} are possible.", "Give the number of seats."),
    ),
    "room.kind": Sentence(
        422,
        ("没有“{given}”这一类场地。", "请从列表中选择类别。"),
        ("There is no kind of room “{given}”.", "Choose a kind from the list."),
    ),
    "room.known": Sentence(
        409,
        ("已有名为“{name}”的场地。", "请使用其他名称。"),
        ("There is a room called “{name}” already.", "Use another name."),
    ),
    "room.unknown": Sentence(
        404,
        ("没有这个场地（{id}），或已停用。", "请从场地列表中选择。"),
        ("There is no such room ({id}), or it is closed.", "Choose one from the list."),
    ),
    "booking.unknown": Sentence(
        404,
        ("没有这项预约（{id}），或不属于贵单位。", "请从标段的场地页进入。"),
        ("There is no such booking ({id}), or it is not yours.", "Enter from the section's page of rooms."),
    ),
    "booking.overlap": Sentence(
        409,
        ("“{room}”在这段时间已被占用。", "请选择其他时间或其他场地；已占用的时段列在下方。"),
        ("“{room}” is taken in that time.", "Choose another time or room; what is taken is listed below."),
    ),
    "booking.twice": Sentence(
        409,
        ("标段 {section} 已预约这一类场地。", "请改动或取消已有预约。"),
        ("Section {section} has a room of that kind already.", "Move or cancel that booking."),
    ),
    "booking.misses-deadline": Sentence(
        422,
        ("开标厅的时段不包含截止时间（{deadline}）。", "截止时间即开标时间，请把时段改为包含它。"),
        (
            "The opening hall would not be there at the deadline ({deadline}).",
            "Deadline and opening are one instant: choose a time around it.",
        ),
    ),
    "booking.over": Sentence(
        409,
        ("标段 {section} 已经结束，不能再预约场地。", "请为新的标段预约。"),
        ("Section {section} is over; no room can be booked for it.", "Book for another section."),
    ),
    "booking.purpose": Sentence(
        422,
        ("“{name}”不是同一类场地。", "改动只能换同类场地；换类请取消后重新预约。"),
        ("“{name}” is a room of another kind.", "Move to a room of the same kind, or cancel and book anew."),
    ),
    "booking.order": Sentence(
        422,
        ("结束时间（{end}）不晚于开始时间（{start}）。", "请核对起止时间。"),
        ("The end ({end}) is not after the start ({start}).", "Check both times."),
    ),
    "booking.length": Sentence(
        422,
        ("不能预约“{given}”分钟。", "请从列表中选择时长。"),
        ("“{given}” minutes cannot be booked.", "Choose a length from the list."),
    ),
    "booking.past": Sentence(
        422,
        ("这段时间（至 {end}）已经过去。", "请选择将来的时间。"),
        ("That time (until {end}) has passed.", "Choose a time to come."),
    ),
    "booking.too-long": Sentence(
        422,
        ("一次预约不超过 {hours} 小时。", "请分次预约。"),
        ("A room is booked for at most {hours} hours.", "Book it in parts."),
    ),
}
