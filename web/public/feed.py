"""A search of notices to subscribe to: RSS 2.0 of exactly the list that the address filters."""

from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from litestar import Response, get
from litestar.di import NamedDependency

from trading.notices.kinds import NoticeKind
from trading.notices.queries import find_notices
from trading.notices.tables import Notice
from web.labels import NOTICE_KINDS
from web.public.forms import read_search
from web.render import site_name
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/notices.rss", opt={"audience": "public"})
async def notice_feed(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """The newest notices of a saved search, twenty at most; links are absolute."""
    search = read_search(dict(request.query_params))
    async with stack.database.reading() as session:
        found = await find_notices(session, search.wanted, visit.now)
    body = _feed(visit, stack, visit.url("/notices", search.filters), found.items)
    return Response(body, media_type="application/rss+xml; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _feed(visit: Visit, stack: Stack, path: str, notices: list[Notice]) -> bytes:
    origin, text = stack.settings.origin, visit.texts.gettext
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    _tell(channel, title=text(site_name(stack.demo)), link=origin + path, description=text(site_name(stack.demo)))
    _tell(channel, language=visit.language.tag.lower())
    for notice in notices:
        item = SubElement(channel, "item")
        link = origin + visit.url(f"/notices/{notice.id}")
        _tell(item, title=notice.title, link=link, category=text(NOTICE_KINDS[NoticeKind(notice.kind)]))
        _tell(item, pubDate=format_datetime(notice.published_at))
        SubElement(item, "guid", isPermaLink="true").text = link
    written: bytes = tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


def _tell(parent: Element, **texts: str) -> None:
    for name, value in texts.items():
        SubElement(parent, name).text = "".join(sign for sign in value if sign.isprintable())


HANDLERS = [notice_feed]
