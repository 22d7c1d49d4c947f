"""No setting takes more than can be meant: it would be found out only when it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.load import FILE, load
from tests.config.settings_files import PATHS, english, fault, write


@pytest.mark.parametrize(
    ("section", "setting", "most"),
    [
        ("inbox", "settle_seconds = 1e300", "86400"),
        ("inbox", "scan_seconds = 1e300", "86400"),
        ("inbox", "max_megabytes = 1000001", "1000000"),
        ("handoff", "remind_minutes = 999999999999", "1440"),
        ("mirror", "bucket = 'b'\nworkers = 99999999999", "256"),
        ("coverage", "months_back = 30000", "120"),
        ("coverage", "credit_calls = 32", "31"),
        ("verify", "slices = 99999999999999999999", "99999"),
        ("rules", "calls_a_day = 99999999999999999999", "1000"),
        ("alarms", "free_percent = 100", "99"),
        ("log", "keep = 99999999999", "1000"),
    ],
)
def test_more_than_can_be_meant_is_refused_with_the_most_that_can(
    tmp_path: Path, section: str, setting: str, most: str
) -> None:
    text = PATHS + f"[{section}]\n{setting}\n"
    if section == "inbox":
        text = PATHS.replace("[archive]", f"{setting}\n[archive]")
    assert f"at most {most}" in english(fault(write(tmp_path, text)))


def test_a_folder_takes_no_more_workers_than_a_bucket(tmp_path: Path) -> None:
    mirrors = "[mirror]\nbucket = 'b'\n[[mirrors]]\nname = 'nas'\nfolder = 'nas'\nworkers = 257\n"
    assert "at most 256" in english(fault(write(tmp_path, PATHS + mirrors)))


@pytest.mark.parametrize("key", ["inbox", "archive", "mirror"])
def test_a_link_that_leads_to_itself_stops_no_reading_of_the_settings(
    tmp_path: Path, key: str
) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    places = {"inbox": "in", "archive": "store"} | {key: "round"}
    text = f"[inbox]\npath = '{places['inbox']}'\n[archive]\npath = '{places['archive']}'\n"
    if key == "mirror":
        text += "[mirror]\nbucket = 'b'\nkey_file = 'round'\n"
    assert load(write(tmp_path, text), {}).source.name == FILE


def test_brackets_without_end_are_a_line_that_cannot_be_read(tmp_path: Path) -> None:
    assert "too many brackets" in english(fault(write(tmp_path, "x = " + "[" * 5000)))
