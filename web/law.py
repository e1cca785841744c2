"""The source of a rule as its reader knows it: the law by its name and in the reader's language, not by its abbreviation."""

import re

from web.i18n import N_, Language, catalogue

LAWS = {
    "TBL": N_("Tendering and Bidding Law, art. %(n)s"),
    "TBR": N_("Implementing Regulations of the Tendering and Bidding Law, art. %(n)s"),
    "GPR": N_("Implementing Regulations of the Government Procurement Law, art. %(n)s"),
    "CQ": N_("Tendering and Bidding Regulations of Chongqing, art. %(n)s"),
    "GPL": N_("Government Procurement Law, art. %(n)s"),
    "M87": N_("Ministry of Finance order 87, art. %(n)s"),
    "EBM": N_("Measures for Electronic Tendering and Bidding, art. %(n)s"),
    "O1117": N_("NDRC notice 1117 of 2022, %(n)s"),
}
REMARKS = {
    "招标文件惯例": N_("custom of tender documents"),
    "on the spot": N_("on the spot"),
    "length is policy": N_("length is policy"),
    "minutes are policy": N_("minutes are policy"),
    "seconds are policy": N_("seconds are policy"),
    "threshold is policy": N_("threshold is policy"),
}
_LAW = re.compile(rf"({'|'.join(LAWS)}) (\([一-鿿]+\)|\d[\d,\- ]*(?:\(\d+\))?)(?: +(.+))?")


def cited(source: str, language: Language) -> str:
    """`TBR 22; 招标文件惯例` in words; what is no known law or remark stays as it is."""
    return catalogue(language).gettext("; ").join(_one(part, language) for part in source.split("; "))


def grounded(reason: str, language: Language) -> str:
    """`TBR 51(3): 资质证书已过期`, as a rejection is kept, with its article in words and the reason as it was written."""
    article, mark, written = reason.partition(": ")
    return f"{cited(article, language)}{mark}{written}"


def _one(part: str, language: Language) -> str:
    texts, found = catalogue(language), _LAW.fullmatch(part)
    if found is None:
        return texts.gettext(REMARKS[part]) if part in REMARKS else part
    law, articles, remark = found.groups()
    told = texts.gettext(LAWS[law]) % {"n": articles.strip()}
    return f"{told} {texts.gettext(REMARKS.get(remark, remark))}" if remark else told
