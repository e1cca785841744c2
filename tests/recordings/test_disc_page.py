"""The page on a disc: every source, every gap with its reason, and how to verify; no script, nothing fetched."""

import re
from pathlib import Path

import pytest
from recording_scene import Watch, a_stream

from trading.recordings import ledger
from trading.recordings.camera import Camera, reason_of
from trading.recordings.discs import Shown
from web.i18n import Language
from web.recordings.disc import KINDS, WHYS, disc_page

FACTS = {"section": "YH-1/01", "room": "评标一室 <b>", "kind": "evaluation", "root": "ab" * 32}
TIMES = {"opened": "2026-11-18T08:00:00Z", "closed": "2026-11-18T09:30:00.5Z"}


def page(language: Language, films: Path, folder: Path) -> str:
    spool = a_stream(folder, "one", films / "a.mp4", Watch())
    said = [{"about": "gap", "stream": "one", "seq": 6, "words": "机房断电<script>"}]
    return disc_page(language, {**FACTS, **TIMES, "said": said}, [Shown(spool.header, spool.waiting(1000))]).decode()


@pytest.mark.parametrize("language", list(Language))
def test_a_gap_stands_with_its_cause_and_the_reason_that_was_given(
    films: Path, tmp_path: Path, language: Language
) -> None:
    told = page(language, films, tmp_path)
    assert "机房断电&lt;script&gt;" in told and "评标一室 &lt;b&gt;" in told
    assert 'href="streams/one/index.m3u8"' in told and "verify_recording.py" in told
    assert ("来源无法连接" if language is Language.ZH else "could not be reached") in told
    assert "<script" not in told and not re.search(r'(src|href)="(http|/)', told)


def test_a_recording_without_gap_or_source_says_so(films: Path, tmp_path: Path) -> None:
    bare = {**FACTS, **TIMES, "said": []}
    assert "本次录制没有来源" in disc_page(Language.ZH, bare, []).decode()
    stream = Shown(ledger.header("r", "one", "camera", "机位"), [])
    assert "录制无中断" in disc_page(Language.ZH, bare, [stream]).decode()


def test_every_kind_and_every_cause_has_words() -> None:
    from trading.recordings.tables import RecordingKind

    assert set(KINDS) == set(RecordingKind)
    source = Path(str(Camera.__module__).replace(".", "/") + ".py")
    text = (Path(__file__).resolve().parents[2] / source).read_text("utf-8")
    assert set(re.findall(r'return "([a-z-]+)"', text)) <= set(WHYS)
    assert reason_of(OSError(28, "full")) == "disk-full" and reason_of(OSError(5, "io")) == "unreachable"
