"""Films, cameras that send them, and a hall of rooms."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from recording_scene import Cameras, Room
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from web.bench.films import film


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short films of every kind that a camera may send."""
    folder = tmp_path_factory.mktemp("films")
    film(folder / "a.mp4", seconds=2)
    film(folder / "b.mp4", seconds=2, size=(192, 144))
    film(folder / "hevc.mp4", seconds=2, codec="libx265")
    film(folder / "g711.mov", seconds=2, sound="pcm_alaw")
    (folder / "garbage.mp4").write_bytes(bytes(range(256)) * 64)
    return folder


@pytest.fixture
def cameras(films: Path) -> Iterator[Cameras]:
    """Cameras that send."""
    served = Cameras(films)
    served.on()
    yield served
    served.off()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recording_hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=1) as opened:
        yield opened


@pytest.fixture
def room(recording_hall: Hall, tmp_path: Path) -> Room:
    """A room of the hall for one test."""
    return Room(recording_hall, tmp_path)
