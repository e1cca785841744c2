"""Which language an answer to a script or a program speaks: the interfaces' addresses have no language of their own."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from web.i18n import Language, language_of
from web.security import LANGUAGE

_LONGEST = 1000


def language_for(path: str, headers: Mapping[str, str]) -> Language:
    """The language that whoever asks reads; names of `headers` in lower case.

    In this order: an address with a language prefix, the page of this site whose script asks, what was chosen on the
    pages (cookie), what is accepted (`Accept-Language`); Chinese for whoever says nothing.
    """
    if language_of(path)[0] is Language.EN:
        return Language.EN
    return _of_page(headers) or _chosen(headers) or next(_accepted(headers), Language.ZH)


def _of_page(headers: Mapping[str, str]) -> Language | None:
    """A worker names its own file as where it comes from, which speaks no language."""
    try:
        page = urlsplit(headers.get("referer", ""))
    except ValueError:
        return None
    if not page.netloc or page.netloc != headers.get("host") or page.path.startswith("/static/"):
        return None
    return language_of(page.path)[0]


def _chosen(headers: Mapping[str, str]) -> Language | None:
    for pair in headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == LANGUAGE and value in set(Language):
            return Language(value)
    return None


def _accepted(headers: Mapping[str, str]) -> Iterator[Language]:
    """The languages of ours that are accepted, the best first (RFC 9110 12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for part in headers.get("accept-language", "")[:_LONGEST].split(","):
        tag, _, weight = part.partition(";")
        with suppress(ValueError):
            given = float(weight.strip().removeprefix("q=") or 1)
            if given > 0:
                weighed.append((given, tag.strip().lower().partition("-")[0]))
    for _, tag in sorted(weighed, key=lambda one: -one[0]):
        if tag in set(Language):
            yield Language(tag)
