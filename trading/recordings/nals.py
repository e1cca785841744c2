"""Parameter sets of H.264 and H.265 among the pictures: when they change, the picture's size or kind has. Pure."""

from collections.abc import Iterator

H264_SEQUENCE = 7
H265_SEQUENCE = 33


def parameter_sets(data: bytes, codec: str) -> bytes:
    """The sequence parameter sets in a packet of start-code form, one after another; empty where it has none."""
    return b"\0\0\1".join(unit for unit in units(data) if unit and _is_sequence(unit[0], codec))


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units between start codes."""
    at = data.find(b"\0\0\1")
    while at >= 0:
        following = data.find(b"\0\0\1", at + 3)
        yield data[at + 3 : following if following >= 0 else len(data)].rstrip(b"\0")
        at = following


def _is_sequence(first: int, codec: str) -> bool:
    return (first >> 1) & 0x3F == H265_SEQUENCE if codec == "hevc" else first & 0x1F == H264_SEQUENCE
