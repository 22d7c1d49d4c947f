"""Tags that recordings carry."""

from __future__ import annotations

import shutil
from pathlib import Path

from mutagen.asf import ASF
from mutagen.id3 import COMM, ID3, TIT2, TPE1, TXXX, Encoding
from mutagen.mp4 import MP4

from ingest.probe import State
from tests.ingest.audio_samples import AUDIO, sample
from tests.ingest.probing import look, near, write


def test_id3_tags_are_read_and_nothing_else(tmp_path: Path) -> None:
    path = Path(shutil.copy(AUDIO / "calls/8.mp3", tmp_path / "a.mp3"))
    tags = ID3()  # type: ignore[no-untyped-call]
    tags.add(TIT2(encoding=Encoding.UTF8, text=["张三\n13800138000"]))  # type: ignore[no-untyped-call]
    tags.add(TPE1(encoding=Encoding.LATIN1, text=["李四".encode("gb2312").decode("latin-1")]))  # type: ignore[no-untyped-call]
    tags.add(COMM(encoding=Encoding.LATIN1, lang="deu", desc="x", text=["Café " + "z" * 5000]))  # type: ignore[no-untyped-call]
    tags.add(TXXX(encoding=Encoding.UTF8, desc="secret", text=["no"]))  # type: ignore[no-untyped-call]
    tags.save(path)
    found = look(path)
    said = dict(found.tags)
    assert said.pop("comment") == "Café " + "z" * 995
    assert said == {"title": "张三 13800138000", "artist": "李四"}
    assert near(found.duration_seconds, 8)


def test_mp4_and_wma_tags(tmp_path: Path) -> None:
    m4a = Path(shutil.copy(AUDIO / "calls/8.m4a", tmp_path / "a.m4a"))
    tagged = MP4(m4a)  # type: ignore[no-untyped-call]
    tagged["\xa9nam"] = ["王五"]
    tagged["\xa9day"] = ["2026-11-16"]
    tagged.save()  # type: ignore[no-untyped-call]
    assert look(m4a).tags == (("date", "2026-11-16"), ("title", "王五"))
    wma = Path(shutil.copy(AUDIO / "formats/wma_v2.wma", tmp_path / "a.wma"))
    asf = ASF(wma)  # type: ignore[no-untyped-call]
    asf["Author"] = ["赵六"]
    asf.save()
    assert look(wma).tags == (("artist", "赵六"),)


def test_tags_that_cannot_be_read_do_not_matter(tmp_path: Path) -> None:
    broken = b"ID3\4\0\0\0\0\0\x14TIT2\0\0\xff\xff\0\0\3x" + bytes(6)
    found = look(write(tmp_path / "a.mp3", broken + sample("calls/8.mp3")))
    assert found.state is State.COMPLETE
