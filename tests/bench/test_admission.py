from pathlib import Path

import pytest

from bench import admission, known_files
from bench.admission import BASE, Cost, run, table
from bench.admission_peers import Peer
from bench.admission_sets import small


def test_callvault_admits_what_a_copy_has(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["callvault, admission", "limit: copy, hash, syncfs", BASE]
    admission.main(["--large", "0", "--small", "12", "--rounds", "1", "--only", *rows])
    title, *lines = capsys.readouterr().out.splitlines()
    assert title == "12 of 40 KB, 0 MB, warm cache"
    assert [line.strip().startswith(row) for line, row in zip(lines, rows, strict=True)] == [
        True
    ] * 3


def test_who_leaves_recordings_out_is_no_peer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = Peer(lambda _inbox, _target: ["true"])
    monkeypatch.setattr(admission, "peers", lambda: {"idle": idle})
    with pytest.raises(RuntimeError, match="idle left something out: 0"):
        run(small(3), 1, tmp_path, cold=False, only=[])


def test_a_ratio_is_of_what_was_run_in_the_same_round() -> None:
    took = {"mine": [Cost(2, 1, 70), Cost(9, 1, 71)], BASE: [Cost(1, 1, 5), Cost(3, 1, 5)]}
    assert table(took).splitlines()[0].endswith(f"71 MB  to {BASE}  2.50")


def test_a_pass_over_known_files_is_told_beside_listing_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    known_files.main(["--files", "3", "--rounds", "1"])
    title, wall, cpu, peak = capsys.readouterr().out.splitlines()
    assert title == "a pass over 3 known files"
    assert wall.strip().startswith("wall ")
    assert cpu.strip().startswith("CPU ")
    assert peak.endswith(" MB")
