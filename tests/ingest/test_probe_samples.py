"""Every sample is told for what it is, and every sentence about sound is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.language import sentences
from ingest.probe import probe
from tests.ingest.audio_samples import AUDIO, SAMPLES
from tests.ingest.probing import keys, look, near


@pytest.mark.parametrize(("name", "state", "container", "codec", "seconds", "notes"), SAMPLES)
def test_every_sample_is_told_for_what_it_is(
    name: str,
    state: str,
    container: str | None,
    codec: str | None,
    seconds: float | None,
    notes: str,
) -> None:
    found = look(AUDIO / name)
    assert (found.state, found.container, found.codec, keys(found)) == (
        state, container, codec, notes,
    )  # fmt: skip
    if seconds is None:
        assert found.duration_seconds is None
    else:
        assert near(found.duration_seconds, seconds)


def test_no_sample_is_forgotten() -> None:
    there = {path.relative_to(AUDIO).as_posix() for path in AUDIO.rglob("*") if path.is_file()}
    assert there == {name for name, *_ in SAMPLES}


def test_amr_is_counted_to_the_frame() -> None:
    assert look(AUDIO / "formats/amr_dtx_60s.amr").duration_seconds == 60.02
    assert look(AUDIO / "formats/wechat_old_ios_amr_nohdr.aud").duration_seconds == 20.02


def test_a_missing_file_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "gone.mp3")


def test_every_sentence_is_used_and_both_languages_fill_the_same_gaps() -> None:
    said = {key: text for key, text in sentences().items() if key.startswith("sound.")}
    room = Path(__file__).parents[2] / "ingest"
    source = "".join(
        (room / name).read_text(encoding="utf-8")
        for name in ("probe.py", "prober.py", "examining.py")
    )
    for key, text in said.items():
        assert f'"{key.removeprefix("sound.")}"' in source or f'"{key}"' in source
        gaps = [
            {
                g
                for g in ("seconds", "promised", "extension", "container", "reason")
                if f"{{{g}}}" in t
            }
            for t in text.values()
        ]
        assert gaps[0] == gaps[1]
