"""The environment goes before the file, and a wrong variable is named."""

from datetime import time
from pathlib import Path

from config.load import load
from config.quiet import Hours
from tests.config.settings_files import PATHS, english, faults, write


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, PATHS + "[handoff]\ndeadline = '16:00'\n")
    settings = load(
        path,
        {
            "CALLVAULT_INBOX_PATH": "other",
            "CALLVAULT_INBOX_SETTLE_SECONDS": "0.25",
            "CALLVAULT_INBOX_PATTERNS": "['(?P<number>.+)']",
            "CALLVAULT_HANDOFF_DEADLINE": "18:30",
            "CALLVAULT_OFFICE_NAME": "",
            "CALLVAULT_MIRROR_BUCKET": "calls",
            "CALLVAULT_CONFIG": "x",
            "PATH": "/bin",
        },
    )
    assert settings.inbox.path == tmp_path / "other"
    assert settings.inbox.settle_seconds == 0.25
    assert settings.inbox.patterns == ("(?P<number>.+)",)
    assert settings.handoff.deadline == time(18, 30)
    assert settings.mirror is not None
    assert settings.mirror.bucket == "calls"


def test_pace_and_quiet_hours_from_the_environment(tmp_path: Path) -> None:
    environment = {
        "CALLVAULT_MIRROR_BUCKET": "calls",
        "CALLVAULT_MIRROR_MEGABITS": "4",
        "CALLVAULT_MIRROR_QUIET": "08:30-18:00",
    }
    mirror = load(write(tmp_path, PATHS), environment).mirror
    assert mirror is not None
    assert (mirror.megabits, mirror.quiet) == (4, (Hours(time(8, 30), time(18)),))


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, PATHS)
    many = faults(
        path,
        {
            "CALLVAULT_INBOX_PAHT": "x",
            "CALLVAULT_ZZZZ": "x",
            "CALLVAULT_MIRROR_SECRET_KEY": "hidden",
            "CALLVAULT_INBOX_SETTLE_SECONDS": "soon",
            "CALLVAULT_OFFICE_LANGUAGE": "de",
        },
    )
    assert {(one.file, one.line, one.message.key) for one in many} == {
        ("CALLVAULT_INBOX_PAHT", None, "settings.variable_unknown_near"),
        ("CALLVAULT_ZZZZ", None, "settings.variable_unknown"),
        ("CALLVAULT_MIRROR_SECRET_KEY", None, "settings.secret"),
        ("CALLVAULT_INBOX_SETTLE_SECONDS", None, "settings.number_needed"),
        ("CALLVAULT_OFFICE_LANGUAGE", None, "settings.not_one_of"),
    }
    near = next(one for one in many if one.file == "CALLVAULT_INBOX_PAHT")
    assert "CALLVAULT_INBOX_PATH?" in english(near)
