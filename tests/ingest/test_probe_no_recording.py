"""What is no recording is damaged, whatever its name; no damage makes probing fail."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.probe import State
from ingest.sound import listen
from tests.ingest.audio_samples import sample
from tests.ingest.probing import keys, look, write


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML><title>login</title>", "web_page"),
        (b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "unreadable"),
        (b"ffconcat version 1.0\nfile other.wav\n", "unreadable"),
        (b"\0" * 70_000, "zeros"),
        (b"PK\3\4" + b"sheet" * 500, "unreadable"),
        (struct.pack(">I4s", 16, b"ftyp") + b"3gp4" + bytes(4), "no_index"),
        (struct.pack(">I4s", 16, b"ftyp") + bytes(8) + b"\0\0\0\1mdat" + bytes(7), "no_index"),
        (struct.pack(">I4s", 3, b"mdat") + b"x" * 40, "no_index"),
        (struct.pack(">I4sQ", 1, b"mdat", 40) + b"x" * 24 + bytes(8), "no_index"),
        (b"OggS\0" + b"x" * 5, "unreadable"),
    ],
)
@pytest.mark.parametrize("name", ["a.mp3", "a.gsm.m4a", "a"])
def test_what_is_no_recording_is_damaged_whatever_its_name(
    tmp_path: Path, data: bytes, note: str, name: str
) -> None:
    found = look(write(tmp_path / name, data))
    assert found.state is State.DAMAGED
    assert note in keys(found).split()


def test_a_web_page_with_a_raw_extension_is_no_raw_sound(tmp_path: Path) -> None:
    assert keys(look(write(tmp_path / "a.g729", b"<html>" * 50))) == "web_page"


def test_ffmpeg_keeps_silent_on_stderr(tmp_path: Path) -> None:
    """In a process of its own, since FFmpeg writes past Python's streams."""
    data = sample("formats/mp3_vbr_44k_noxing.mp3")
    write(tmp_path / "a.mp3", data[:5000] + b"x" * 20_000 + data[5000:-77])
    script = (
        "import sys; from pathlib import Path; from ingest.probe import probe;"
        "from ingest.sound import listen; p = Path(sys.argv[1]); print(listen(p, probe(p)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", script, str(tmp_path / "a.mp3")],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.startswith("Level(")


def damage(data: bytes, chance: random.Random) -> bytes:
    """One of the ways in which files suffer: cut, bits flipped, a hole, a mangled head or tail."""
    mangled = bytearray(data)
    way = chance.randrange(5)
    if way == 0:
        return data[: chance.randrange(len(data))]
    if way == 1:
        at = chance.randrange(len(data))
        del mangled[at : at + chance.randrange(20_000)]
    else:
        reach = {2: len(data), 3: 600, 4: 3000}[way]
        for _ in range(chance.randrange(1, 20)):
            at = chance.randrange(min(reach, len(data)))
            mangled[at if way != 4 else -1 - at] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(mangled)


@pytest.mark.parametrize(
    "name",
    [
        "formats/3gp_amrnb.3gp", "formats/amr_nb_475.amr", "formats/m4a_fragmented.m4a",
        "formats/m4a_moov_end.m4a", "formats/mp3_cbr16_8k_xing.mp3", "formats/ogg_vorbis.ogg",
        "formats/wav_gsm610_wav49.wav", "formats/wav_ima_adpcm.wav", "formats/wechat_silk_as.amr",
        "formats/wma_v2.wma", "calls/8.pcm.wav",
    ],
)  # fmt: skip
def test_damage_never_raises_and_never_lengthens(tmp_path: Path, name: str) -> None:
    data = sample(name)
    chance = random.Random(name)
    for _ in range(30):
        path = write(tmp_path / Path(name).name, damage(data, chance))
        found = look(path)
        listen(path, found, (3,))
        assert found.duration_seconds is None or found.duration_seconds < 10 * path.stat().st_size
        if found.state is not State.COMPLETE:
            assert found.notes
