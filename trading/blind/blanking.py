"""What a PDF says of its maker beside its pages, overwritten with blanks while it is sent. Pure; the size stays the same.

Reached are properties and XMP packets that stand uncompressed, as nearly all programs write them. What stands compressed,
in an encrypted file or on a page, is not: the bidder is told before sealing, and answers for it.
"""

import re

PACKET = re.compile(rb"<\?xpacket begin.{0,65536}?<\?xpacket end", re.DOTALL)
MARK = re.compile(rb"/(?:Producer|CreationDate|Author|Company)\b")
STRING = re.compile(rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
REACH = 16_384
"""Bytes of a dictionary of properties, at most."""
HELD = 131_072
"""Bytes that wait for what follows them, so that nothing is cut in two."""


class Blanker:
    """Takes a file piece by piece, in order, and gives it back as long as it was, its properties blanked."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """What of the file is settled by now."""
        self._held = blanked(self._held + piece)
        settled = max(0, len(self._held) - HELD)
        out, self._held = self._held[:settled], self._held[settled:]
        return out

    def end(self) -> bytes:
        """The rest."""
        out, self._held = self._held, b""
        return out


def around(start: int, stop: int, size: int) -> tuple[int, int]:
    """What must be at hand of a file of so many bytes to blank a range of it: nothing reaches further than this."""
    return max(0, start - HELD), min(size, stop + HELD)


def blanked(data: bytes) -> bytes:
    """The same bytes with every string of a dictionary of properties, and every XMP packet, made of blanks."""
    found = bytearray(data)
    for packet in PACKET.finditer(data):
        start, stop = packet.start() + len("<?xpacket begin"), packet.end() - len("<?xpacket end")
        found[start:stop] = b" " * (stop - start)
    for mark in MARK.finditer(data):
        start = data.rfind(b"<<", max(0, mark.start() - REACH), mark.start())
        stop = data.find(b"endobj", mark.end(), mark.end() + REACH)
        if start < 0:
            continue
        for text in STRING.finditer(data, start + 2, stop if stop >= 0 else min(len(data), mark.end() + REACH)):
            found[text.start() + 1 : text.end() - 1] = _nothing(text.group())
    return bytes(found)


def _nothing(text: bytes) -> bytes:
    """So many blanks; in a hexadecimal string blanks are passed over."""
    return b" " * (len(text) - 2)
