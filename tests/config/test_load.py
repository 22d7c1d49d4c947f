"""What a right settings file gives."""

import os
import subprocess
import sys
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import make_url

from config.grades import Days
from config.load import FILE, load
from config.quiet import Hours
from config.settings import Alarms, Coverage, Custody, Mirror, Retention
from tests.config.settings_files import PATHS, fault, write


def test_the_two_paths_are_enough(tmp_path: Path) -> None:
    path = write(tmp_path, PATHS)
    settings = load(path, {})
    assert settings.source == path
    assert settings.inbox.path == tmp_path / "in"
    assert settings.archive.path == tmp_path / "store"
    assert settings.office.name == ""
    assert settings.office.timezone == ZoneInfo("Asia/Shanghai")
    assert settings.office.language == "zh"
    assert settings.inbox.settle_seconds == 10
    assert settings.inbox.scan_seconds == 300
    assert settings.inbox.watch == "auto"
    assert settings.inbox.max_megabytes == 2048
    assert settings.inbox.patterns == ()
    assert settings.inbox.raw_audio == ()
    assert settings.inbox.release == "keep"
    assert settings.inbox.released == tmp_path / "in-released"
    assert settings.handoff.deadline == time(17)
    assert settings.archive.name == "{date}_{time}_{customer}_{last4}"
    assert settings.mirror is None
    assert settings.custody.timestamp_url is None
    assert settings.report.at == time(20)
    assert settings.report.folder == tmp_path / "reports"
    assert settings.alarms == Alarms((), 5, 2)
    assert settings.coverage == Coverage(
        (("A", Days(1, 7)), ("B", Days(8, 21)), ("C", Days(8, 21)), ("D", Days(1, 31))), 2, 3
    )
    database = make_url(settings.catalogue.url).database
    assert database == (tmp_path / "store/.callvault/catalogue.sqlite").as_posix()


def test_all_that_is_stated_is_taken(tmp_path: Path) -> None:
    text = r"""
[office]
name = " 济南办 "
timezone = "UTC"
language = "en"
[inbox]
path = '/srv/交接'
settle_seconds = 0.5
scan_seconds = 60
watch = "polling"
max_megabytes = 10
patterns = ['(?P<contact>[^-]+)-(?P<number>\d+)']
raw_audio = ['alaw', '.VOX']
release = "move"
released = '/srv/done'
[handoff]
deadline = "9：05"
[archive]
path = '/srv/归档'
name = "{original} {collector}"
[catalogue]
url = "postgresql+psycopg://office@db.example/calls"
[mirror]
bucket = "calls"
prefix = "jinan/"
endpoint_url = "https://s3.example.com"
region = "cn-north-1"
addressing_style = "path"
profile = "office"
workers = 2
store = "ceph"
encryption = "aws:kms"
kms_key = "alias/calls"
lock = "governance"
[retention]
years = 5
[custody]
timestamp_url = "http://tsa.example.com/tsr"
timestamp_ca = 'tsa.pem'
timestamp_hours = 0.5
[report]
at = 21:30:15
folder = 'out'
[alarms]
command = ['notify', '--to', '值班']
free_percent = 10
free_gigabytes = 50
[coverage]
plan = { A = "1-10", E = "31" }
credit_calls = 3
months_back = 1
"""
    settings = load(write(tmp_path, text), {})
    assert settings.office.name == "济南办"
    assert settings.office.timezone == ZoneInfo("UTC")
    assert settings.office.language == "en"
    assert settings.inbox.path == tmp_path / "/srv/交接"
    assert settings.inbox.settle_seconds == 0.5
    assert settings.inbox.patterns == (r"(?P<contact>[^-]+)-(?P<number>\d+)",)
    assert settings.inbox.raw_audio == ("alaw", "vox")
    assert settings.inbox.release == "move"
    assert settings.inbox.released == tmp_path / "/srv/done"
    assert settings.handoff.deadline == time(9, 5)
    assert settings.catalogue.url == "postgresql+psycopg://office@db.example/calls"
    assert settings.mirror == Mirror(
        bucket="calls",
        prefix="jinan/",
        endpoint_url="https://s3.example.com",
        region="cn-north-1",
        addressing_style="path",
        profile="office",
        workers=2,
        store="ceph",
        encryption="aws:kms",
        kms_key="alias/calls",
        lock="governance",
    )
    assert settings.retention == Retention(5)
    assert settings.custody == Custody(
        "http://tsa.example.com/tsr", tmp_path / "tsa.pem", timestamp_hours=0.5
    )
    assert settings.report.at == time(21, 30, 15)
    assert settings.report.folder == tmp_path / "out"
    assert settings.alarms == Alarms(("notify", "--to", "值班"), 10, 50)
    assert settings.coverage == Coverage((("A", Days(1, 10)), ("E", Days(31, 31))), 3, 1)


def test_paths_start_at_the_files_folder_wherever_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    write(tmp_path, PATHS + "[catalogue]\nurl = 'sqlite:///books/c.sqlite?timeout=5'\n")
    settings = load(Path("..", FILE), {})
    assert settings.inbox.path.resolve() == tmp_path / "in"
    database = make_url(settings.catalogue.url).database
    assert database is not None
    assert Path(database).resolve() == tmp_path / "books/c.sqlite"


def test_an_absolute_sqlite_file_stays_where_it_is(tmp_path: Path) -> None:
    for url in ("sqlite:////srv/c.sqlite", "sqlite+pysqlite:////srv/c.sqlite"):
        path = write(tmp_path, PATHS + f"[catalogue]\nurl = '{url}'\n")
        assert load(path, {}).catalogue.url == url.replace(
            "////", f"///{Path(tmp_path.anchor).as_posix()}"
        )


def test_a_home_folder_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, PATHS.replace("'in'", "'~/in'"))
    assert load(path, {}).inbox.path == Path.home() / "in"


@pytest.mark.skipif(os.name == "nt", reason="Windows takes every ~name for a neighbour's profile")
def test_an_unknown_users_home_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path, PATHS.replace("'in'", "'~no-such-user/in'"))
    assert fault(path).message.key == "settings.no_home"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"\xef\xbb\xbf" + PATHS.replace("\n", "\r\n").encode())
    assert load(path, {}).inbox.path == tmp_path / "in"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("'08:30-18:00'", (Hours(time(8, 30), time(18)),)),
        ("'22:00 至 6：00'", (Hours(time(22), time(6)),)),
        (
            "['08:30–12:00', '13:30~18:00']",
            (Hours(time(8, 30), time(12)), Hours(time(13, 30), time(18))),
        ),
        ("[]", ()),
    ],
)
def test_quiet_hours_as_people_write_them(
    tmp_path: Path, said: str, expected: tuple[Hours, ...]
) -> None:
    text = PATHS + f"[mirror]\nbucket = 'calls'\nmegabits = 2.5\nquiet = {said}\n"
    mirror = load(write(tmp_path, text), {}).mirror
    assert mirror is not None
    assert mirror.megabits == 2.5
    assert mirror.quiet == expected


def test_loading_stays_quick() -> None:
    heavy = ["av", "boto3", "jinja2", "pydub", "rich", "sqlalchemy", "watchdog", "xlsxwriter"]
    code = f"import sys, config.load; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
