"""Files for a blind part and what is to be found in each, by the command line as by the browser: name, bytes, findings."""

NAME = "云湖建设有限公司"
CODE = "91420500MA4900001W"
WORDS_TOLD = (NAME, CODE)

Case = tuple[str, bytes, list[tuple[str, str, str]]]
FILES: dict[str, Case] = {
    "nothing": ("plan.pdf", b"%PDF-1.7 << /Producer (W) /Title (Plan) >>", []),
    "empty": ("plan.pdf", b"", []),
    "its name": (f"{NAME}技术标.pdf", b"", [("name", NAME, "")]),
    "its code in another case": (f"{CODE.lower()}.pdf", b"", [("name", CODE, "")]),
    "an author": ("a.pdf", b"<< /Author (Wen \\(One\\)\\n\\101) >>", [("author", "Wen (One)\nA", "")]),
    "an author in UTF-16": ("a.pdf", b"<< /Author <FEFF 4E91 6E56> >>", [("author", "云湖", "")]),
    "an author in UTF-8": ("a.pdf", b"<< /Author (\xe4\xba\x91) >>", [("author", "云", "")]),
    "an author in Latin 1": ("a.pdf", b"<< /Author (M\xfcller \x80\x81) >>", [("author", "Müller €\x81", "")]),
    "half a digit": ("a.pdf", b"<< /Company <414> >>", [("author", "A", "")]),
    "an empty author": ("a.pdf", b"<< /Author ( ) /Company <> >>", []),
    "a long company": ("a.pdf", b"<< /Company (" + b"x" * 100 + b") >>", [("author", "x" * 80 + "…", "")]),
    "a title that names it": (
        "a.pdf",
        f"<< /Title ({CODE} plan) >>".encode(),
        [("property", f"{CODE} plan", "Title"), ("bidder", CODE, "")],
    ),
    "metadata": (
        "a.pdf",
        "<?xpacket begin='' id=''?><dc:creator><rdf:li>温如海</rdf:li></dc:creator><?xpacket end='w'?>".encode(),
        [("author", "温如海", "")],
    ),
    "metadata without an author": ("a.pdf", b"<?xpacket begin=''?><dc:title>x</dc:title><?xpacket end", []),
    "plain text": ("a.pdf", f"BT {NAME} ET {NAME}".encode(), [("bidder", NAME, "")]),
    "plain text in UTF-16": ("a.pdf", NAME.encode("utf-16-be"), [("bidder", NAME, "")]),
}
