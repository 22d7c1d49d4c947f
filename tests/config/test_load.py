import dataclasses
import os
import re
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from archive.layout import NameFields, filed_path
from config.grades import Days
from config.load import EXAMPLE, FILE, SettingsError, find, load
from config.quiet import Hours
from config.sections import SECTIONS
from config.settings import Alarms, Coverage, Custody, Mirror, Notify, Retention, Settings
from config.values import NAME_FIELDS
from tests.config.settings_files import PATHS, english, fault, faults, write

# What a right file gives


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


# The environment


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


# What is wrong, all at once and with its line


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "[office]\n"
        "timezone = 'Asia/Shanghia'\n"
        "\n"
        "[inbox]\n"
        "# path = 'no'\n"
        "settle_secnds = 5\n"
        "scan_seconds = 0\n"
        "[archve]\n"
        "path = 'store'\n",
    )
    many = faults(path)
    assert [(one.line, one.message.key) for one in many] == [
        (None, "settings.required"),
        (2, "settings.timezone_unknown"),
        (4, "settings.required"),
        (6, "settings.key_unknown_near"),
        (7, "settings.not_positive"),
        (8, "settings.section_unknown_near"),
    ]
    assert {one.file for one in many} == {str(path)}
    said = [english(one) for one in many]
    assert "[archive] path is missing" in said[0]
    assert "Asia/Shanghai?" in said[1]
    assert "[inbox] path is missing" in said[2]
    assert "[inbox] settle_seconds?" in said[3]
    assert "[archive]?" in said[5]
    with pytest.raises(SettingsError, match=r"settings\.key_unknown_near"):
        load(path, {})


@pytest.mark.parametrize(
    ("section", "line", "key"),
    [
        ("office", "name = 5", "text_needed"),
        ("office", "timezone = 'Asia'", "timezone_unknown"),
        ("office", "timezone = '../etc'", "timezone_unknown"),
        ("office", "timezone = ''", "empty"),
        ("office", "language = 'Chinese'", "not_one_of"),
        ("office", "colour = 'red'", "key_unknown"),
        ("inbox", "settle_seconds = '10'", "number_needed"),
        ("inbox", "settle_seconds = true", "number_needed"),
        ("inbox", "settle_seconds = nan", "not_positive"),
        ("inbox", "scan_seconds = -1", "not_positive"),
        ("inbox", "watch = 'inotify'", "not_one_of"),
        ("inbox", "max_megabytes = 1.5", "whole_number_needed"),
        ("inbox", "max_megabytes = true", "whole_number_needed"),
        ("inbox", "max_megabytes = 0", "not_positive"),
        ("inbox", "patterns = '(?P<number>.)'", "list_needed"),
        ("inbox", "patterns = [1]", "list_needed"),
        ("inbox", "patterns = ['(?P<number>']", "pattern_broken"),
        ("inbox", "patterns = ['(.*)']", "pattern_without_group"),
        ("inbox", "patterns = ['(?P<numbr>.*)']", "group_unknown"),
        ("inbox", "raw_audio = 'alaw'", "list_needed"),
        ("inbox", "raw_audio = [8]", "list_needed"),
        ("inbox", "raw_audio = ['g726']", "not_one_of"),
        ("inbox", "release = 'remove'", "not_one_of"),
        ("inbox", "release = 'move'", "release_without_mirror"),
        ("inbox", "release = 'delete'", "release_without_mirror"),
        ("inbox", "released = ''", "empty"),
        ("handoff", "deadline = '17.00'", "not_a_time"),
        ("handoff", "deadline = '24:00'", "not_a_time"),
        ("handoff", "deadline = 17", "text_needed"),
        ("archive", "name = '{kunde}'", "field_unknown"),
        ("archive", "name = '{customer'", "name_unfit"),
        ("archive", "name = '{customer}/{date}'", "name_unfit"),
        ("catalogue", "url = 'mysql://db/calls'", "catalogue_unfit"),
        ("catalogue", "url = 'postgresql://db'", "catalogue_unfit"),
        ("catalogue", "url = 'postgresql://[db/calls'", "catalogue_unfit"),
        ("catalogue", "url = 'calls.sqlite'", "catalogue_unfit"),
        ("catalogue", "url = 'sqlite://'", "catalogue_without_file"),
        ("catalogue", "url = 'sqlite:///:memory:'", "catalogue_without_file"),
        ("catalogue", "url = 'postgresql://u:hidden@db/calls'", "password_in_url"),
        ("catalogue", "url = 'postgresql://db/calls?password=hidden'", "password_in_url"),
        ("mirror", "bucket = ''", "empty"),
        ("mirror", "bucket = 's3://calls'", "bucket_is_no_name"),
        ("mirror", "region = 'cn'", "required"),
        ("mirror", "bucket = 'calls'\nmegabits = -1", "not_positive"),
        ("mirror", "bucket = 'calls'\nmegabits = 0.05", "not_megabits"),
        ("mirror", "bucket = 'calls'\nmegabits = false", "number_needed"),
        ("mirror", "bucket = 'calls'\nmegabits = '2 Mbit'", "number_needed"),
        ("mirror", "bucket = 'calls'\nquiet = '08:30'", "not_quiet_hours"),
        ("mirror", "bucket = 'calls'\nquiet = '08:30-18:00-20:00'", "not_quiet_hours"),
        ("mirror", "bucket = 'calls'\nquiet = '08:30-24:00'", "not_quiet_hours"),
        ("mirror", "bucket = 'calls'\nquiet = '08:30-08:30'", "not_quiet_hours"),
        ("mirror", "bucket = 'calls'\nquiet = ['08:30-20:00', '20:00-08:30']", "always_quiet"),
        ("mirror", "bucket = 'calls'\nquiet = 8", "text_needed"),
        ("retention", "years = 0", "not_positive"),
        ("retention", "years = 101", "not_years"),
        ("retention", "years = '5'", "whole_number_needed"),
        ("retention", "years = 1", "years_below_floor"),
        ("retention", "departments = 8", "years_by_name_needed"),
        ("retention", "departments = { legal = 1 }", "years_below_floor"),
        ("retention", "departments = { ' ' = 8 }", "years_name_unfit"),
        ("retention", "departments = { legal = 4 }", "years_without_use"),
        ("retention", "grades = { D = 101 }", "not_years"),
        ("retention", "grades = { d = 10 }", "years_name_unfit"),
        ("retention", "years = 8\ngrades = { D = 7 }", "years_without_use"),
        ("report", "folder = ''", "empty"),
        ("alarms", "command = 'notify'", "list_needed"),
        ("alarms", "command = ['notify', 5]", "list_needed"),
        ("alarms", "command = ['']", "empty"),
        ("alarms", "free_percent = 0", "not_positive"),
        ("alarms", "free_gigabytes = '2'", "whole_number_needed"),
        ("report", "at = 'evening'", "not_a_time"),
        ("report", "at = 2026-11-16", "text_needed"),
        ("custody", "timestamp_url = 'tsa.example.com'", "authority_unfit"),
        ("custody", "timestamp_url = 'ftp://tsa.example.com'", "authority_unfit"),
        ("custody", "timestamp_url = 'https://me:hidden@tsa.example.com'", "secret"),
        ("coverage", "plan = 'A'", "plan_needed"),
        ("coverage", "plan = { A = '7-1' }", "plan_days_unfit"),
        ("coverage", "plan = { AB = '1-7' }", "grade_unfit"),
        ("coverage", "credit_calls = 0", "not_positive"),
        ("custody", "timestamp_hours = 0.01", "not_hours"),
        ("custody", "timestamp_hours = 25", "not_hours"),
        ("custody", "timestamp_hours = 0", "not_positive"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, section: str, line: str, key: str) -> None:
    text = PATHS
    if f"[{section}]\n" in text:
        text = text.replace(f"[{section}]\n", f"[{section}]\n{line}\n")
    else:
        text += f"[{section}]\n{line}\n"
    found = fault(write(tmp_path, text))
    assert found.message.key == f"settings.{key}"
    where = f"[{section}]" if key == "required" else line.rsplit("\n", maxsplit=1)[-1]
    assert found.line == text.split("\n").index(where) + 1
    assert "hidden" not in english(found)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("endpoint_url = 's3.example.com'", "endpoint_unfit"),
        ("endpoint_url = 'https://me:hidden@s3.example.com'", "secret"),
        ("addressing_style = 'dns'", "not_one_of"),
        ("workers = 0", "not_positive"),
        ("store = 'oss'", "not_one_of"),
        ("encryption = 'aes256'", "not_one_of"),
        ("kms_key = 'alias/calls'", "kms_key_without_use"),
        ("access_key_id = 'hidden'", "secret"),
        ("secret_access_key = 'hidden'", "secret"),
        ("session_token = 'hidden'", "secret"),
    ],
)
def test_a_wrong_mirror_is_refused(tmp_path: Path, line: str, key: str) -> None:
    found = fault(write(tmp_path, PATHS + f"[mirror]\nbucket = 'calls'\n{line}\n"))
    assert (found.message.key, found.line) == (f"settings.{key}", 7)
    assert "hidden" not in english(found)
    if key == "secret":
        assert "AWS_SECRET_ACCESS_KEY" in english(found)


def test_secrets_in_a_section_of_their_own_are_found(tmp_path: Path) -> None:
    text = PATHS + "[aws]\nregion = 'cn'\naws_secret_access_key = 'hidden'\n"
    many = faults(write(tmp_path, text))
    assert [(one.line, one.message.key) for one in many] == [
        (5, "settings.section_unknown"),
        (7, "settings.secret"),
    ]


def test_keys_outside_their_section_are_explained(tmp_path: Path) -> None:
    many = faults(write(tmp_path, "pfad = 'x'\ninbx = 'y'\noffice = 'z'\n" + PATHS))
    assert [(one.line, one.message.key) for one in many] == [
        (1, "settings.outside_section"),
        (2, "settings.outside_section_near"),
        (3, "settings.not_a_section"),
    ]


def test_lines_are_found_in_dotted_and_inline_forms(tmp_path: Path) -> None:
    text = "inbox.path = 'in'\ninbox.watch = 'x'\narchive = { path = 'store', name = '' }\n"
    many = faults(write(tmp_path, text))
    assert [(one.line, one.message.key) for one in many] == [
        (2, "settings.not_one_of"),
        (3, "settings.empty"),
    ]


def test_an_archive_whose_name_would_misplace_the_catalogue_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, PATHS.replace("'store'", "'100%41'"))
    assert fault(path).message.key == "settings.odd_folder"
    path = write(
        tmp_path, PATHS.replace("'store'", "'100%41'") + "[catalogue]\nurl = 'sqlite:///c.sqlite'"
    )
    assert load(path, {}).archive.path == tmp_path / "100%41"


# Files that cannot be read at all


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('path = "C:\\Users\\li\\calls"', "backslash_line"),
        ('path = "D:\\recordings"', "backslash"),
        ('path = "D:\\交接"', "backslash_line"),
        ("path = “D:/录音”", "chinese_marks"),
        ("path ＝ 'D:/录音'", "chinese_marks"),
        ("path = D:/calls", "syntax"),
    ],
)
def test_what_people_type_wrong_is_explained(tmp_path: Path, line: str, key: str) -> None:
    text = f"[archive]\npath = 'store'\n[inbox]\n{line}\n[report]\n"
    found = fault(write(tmp_path, text))
    assert (found.message.key, found.line) == (f"settings.{key}", 4)


def test_a_fault_at_the_end_of_the_file_has_a_line(tmp_path: Path) -> None:
    found = fault(write(tmp_path, "[inbox]\npath = 'in\n\n"))
    assert (found.message.key, found.line) == ("settings.syntax", 2)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_another_encoding_is_named_with_its_remedy(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / FILE
    path.write_bytes("# 1\n[inbox]\npath = '交接'\n".encode(encoding))
    found = fault(path)
    assert found.message.key == "settings.not_utf8"
    assert found.line == (3 if encoding == "gbk" else 1)
    assert "UTF-8" in english(found)


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    found = fault(tmp_path / "gone.toml")
    assert (found.message.key, found.line) == ("settings.unreadable", None)


@given(st.text(max_size=80))
def test_no_text_makes_it_fail_in_any_other_way(text: str) -> None:
    """A settings file is right or has problems that can be said, whatever stands in it."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, FILE)
        path.write_bytes(text.encode("utf-8", "replace"))
        assert faults(path)


# Which file is taken


def test_the_file_is_looked_for_in_order(tmp_path: Path) -> None:
    here, user = tmp_path / "here", tmp_path / "user"
    here.mkdir()
    user.mkdir()
    with pytest.raises(SettingsError) as caught:
        find(None, here, user)
    (problem,) = caught.value.problems
    assert "callvault init" in english(problem)
    assert str(here / FILE) in english(problem)
    assert str(user / FILE) in english(problem)

    own = write(user, PATHS)
    assert find(None, here, user) == own
    near = write(here, PATHS)
    assert find(None, here, user) == near
    named = tmp_path / "named.toml"
    named.write_text(PATHS)
    assert find(named, here, user) == named


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    write(tmp_path, PATHS)
    with pytest.raises(SettingsError) as caught:
        find(tmp_path / "typo.toml", tmp_path, tmp_path)
    assert "typo.toml" in english(caught.value.problems[0])
    assert FILE not in english(caught.value.problems[0])


# The example


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


def test_pace_and_quiet_hours_from_the_environment(tmp_path: Path) -> None:
    environment = {
        "CALLVAULT_MIRROR_BUCKET": "calls",
        "CALLVAULT_MIRROR_MEGABITS": "4",
        "CALLVAULT_MIRROR_QUIET": "08:30-18:00",
    }
    mirror = load(write(tmp_path, PATHS), environment).mirror
    assert mirror is not None
    assert (mirror.megabits, mirror.quiet) == (4, (Hours(time(8, 30), time(18)),))


def _example(folder: Path) -> Path:
    return write(folder, EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_is_the_defaults_and_the_two_paths(tmp_path: Path) -> None:
    example = load(_example(tmp_path), {})
    plain = load(write(tmp_path, "inbox.path = 'inbox'\narchive.path = 'archive'\n"), {})
    assert example == plain


def test_the_example_names_every_key_with_its_default(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    whole = re.sub(r"^#(?=[a-z\[])", "", text, flags=re.MULTILINE)
    # Nothing but this makes use of a key.
    used = whole.replace('encryption = "none"', 'encryption = "aws:kms"')
    every = load(write(tmp_path, used), {})
    assert _keys(every) == {(name, key) for name, keys in SECTIONS.items() for key in keys}
    stated = {
        (name, key)
        for name, body in re.findall(r"^\[(\w+)\]\n((?:(?!\[).*\n)*)", whole, re.MULTILINE)
        for key in re.findall(r"^(\w+) =", body, re.MULTILINE)
    }
    assert stated == _keys(every)

    plain = load(
        write(
            tmp_path,
            "inbox.path = 'inbox'\narchive.path = 'archive'\nmirror.bucket = 'callvault'\n",
        ),
        {},
    )
    assert plain.mirror is not None
    assert every.mirror is not None
    no_default = {"endpoint_url": None, "region": None, "profile": None}
    no_default |= {"store": None, "kms_key": None, "key_file": None}
    mirror = dataclasses.replace(every.mirror, encryption="none", **no_default)  # type: ignore[arg-type]
    assert every.custody.timestamp_hours == Custody().timestamp_hours
    assert every.retention == Retention(5)  # once there is a rule
    assert dataclasses.replace(every.notify, urls_file=None) == Notify()
    bare = dataclasses.replace(
        every, mirror=mirror, custody=Custody(), notify=Notify(), retention=None
    )
    assert bare == plain


def _keys(settings: Settings) -> set[tuple[str, str]]:
    return {
        (section.name, key.name)
        for section in dataclasses.fields(settings)
        if section.name not in ("source", "further")
        for key in dataclasses.fields(getattr(settings, section.name))
    } - {("mirror", "name")}  # the first one is always called so


def test_every_field_of_a_name_is_one_that_the_archive_fills() -> None:
    fields = NameFields(
        customer="张三",
        started_at=datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
        to_the_second=True,
        day=date(2026, 11, 16),
        numbers=("15400001001",),
        collector="王芳",
        original="x.mp3",
    )
    for field in NAME_FIELDS:
        name = next(filed_path("张三", f"{{{field}}}", fields))
        assert "{" not in name


def test_loading_stays_quick() -> None:
    heavy = ["av", "boto3", "jinja2", "pydub", "rich", "sqlalchemy", "watchdog", "xlsxwriter"]
    code = f"import sys, config.load; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 11, 16), "2031-11-17T00:00:00+08:00"),
        (date(2026, 12, 31), "2032-01-01T00:00:00+08:00"),
        (date(2028, 2, 29), "2033-03-02T00:00:00+08:00"),
        (date(2027, 2, 28), "2032-02-29T00:00:00+08:00"),
    ],
)
def test_what_is_retained_is_kept_to_the_end_of_its_last_day(day: date, until: str) -> None:
    assert Retention(5).until(day, ZoneInfo("Asia/Shanghai")).isoformat() == until


def test_a_leap_day_stays_one_where_the_year_has_it() -> None:
    until = Retention(4).until(date(2028, 2, 29), ZoneInfo("UTC"))
    assert until.isoformat() == "2032-03-01T00:00:00+00:00"
