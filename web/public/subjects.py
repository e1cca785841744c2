"""Bodies that take part 主体: the directory, and one body's public record."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from trading.publication.subjects import bodies, subject
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

PUBLIC = {"audience": "public"}
LONGEST = 100


@get("/subjects", opt=PUBLIC)
async def directory(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Registered bodies by name or credit code: `?q=&page=`."""
    words, number = request.query_params.get("q", "")[:LONGEST], request.query_params.get("page", "1")
    async with stack.database.reading() as session:
        found = await bodies(session, words, int(number) if number.isdecimal() and len(number) < 7 else 1)
    return page(visit, "public/subjects.html", demo=stack.demo, found=found, words=words)


@get("/subjects/{credit_code:str}", opt=PUBLIC)
async def one_subject(
    credit_code: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One body: roles, sections it runs, opened sections it bid in, what it won."""
    async with stack.database.reading() as session:
        found = await subject(session, credit_code)
    return page(visit, "public/subject.html", demo=stack.demo, found=found)


HANDLERS = [directory, one_subject]
