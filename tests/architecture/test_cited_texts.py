"""No text that people read names a law by our abbreviation: the page says its name (`web.law.cited`)."""

import re

from web.messages import messages
from web.problems import sentences

SHORT = re.compile(r"\b(TBR|TBL|GPL|GPR|M87|EBM|ESL|AUC) ?\d")


def test_no_text_that_people_read_names_a_law_by_our_abbreviation() -> None:
    texts = [form for _, _, message in messages() for form in ([message] if isinstance(message, str) else message)]
    texts += [text for sentence in sentences().values() for text in (*sentence.zh, *sentence.en)]
    assert [text for text in texts if SHORT.search(text)] == []
