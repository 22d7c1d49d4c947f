import sys
from pathlib import Path

import pytest

from bench import mirroring
from bench.comparing import Cost
from bench.mirror_servers import Where
from bench.mirror_sets import Made, small
from bench.mirroring import AGAIN, MINE, Client, run


@pytest.mark.parametrize("between", [(), ("--far", "4"), ("--https",)], ids=str)
def test_callvault_and_rclone_upload_the_same(
    between: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--large", "0", "--small", "12", "--counted", "6", "--rounds", "1"]
    mirroring.main([*few, *between])
    title, *lines, asked = capsys.readouterr().out.splitlines()
    assert title == "12 of 4 KB; wall and CPU of callvault, and of it with obstore, to each"
    assert lines[0].startswith(f"  {MINE} ")
    assert any(line.startswith("  rclone copy ") for line in lines)
    assert asked.startswith("callvault for 6 recordings: ")
    assert asked.endswith("with nothing new: 0 requests")


def test_who_leaves_recordings_out_is_no_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = Client(lambda _bucket: [sys.executable, "-c", ""], {})
    monkeypatch.setattr(mirroring, "clients", lambda *_: {"idle": idle})
    with pytest.raises(RuntimeError, match="idle did not upload everything: 0"):
        run(small(3), 1, None, Where())


def test_every_round_begins_with_all_owed(tmp_path: Path) -> None:
    made = Made(tmp_path, small(3))
    catalogue = tmp_path / "archive/.callvault/catalogue.sqlite"
    before = catalogue.read_bytes()
    catalogue.write_bytes(b"what a round left")
    made.begin_anew()
    assert catalogue.read_bytes() == before


def test_a_ratio_is_of_the_medians_of_what_was_run_in_turn() -> None:
    took = {
        MINE: [Cost(2, 4), Cost(4, 4), Cost(90, 4)],
        MINE + AGAIN: [Cost(1, 1)] * 3,
        "peer": [Cost(1, 2), Cost(2, 2), Cost(30, 2)],
    }
    mine, again, peer = mirroring.table(took).splitlines()
    assert "wall    4.00 s  CPU    4.00 s" in mine
    assert again.endswith("CPU    1.00 s")
    assert peer.endswith("CPU    2.00 s   2.00  2.00")
