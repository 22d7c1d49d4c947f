"""What is wrong in a settings file is told all at once and with its line."""

from pathlib import Path

import pytest

from config.load import EXAMPLE, SettingsError, load
from tests.config.settings_files import PATHS, english, fault, faults, write


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
        ("office", "bucket = 'calls'", "key_elsewhere"),
        ("catalogue", "years = 5", "key_elsewhere"),
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
        ("mirror", "bucket = 'calls'\nprefix = 'jinan/../other'", "prefix_unfit"),
        ("mirror", "bucket = 'calls'\nprefix = \"jinan\\t2026\"", "prefix_unfit"),
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


def test_a_key_whose_header_is_still_off_is_told_with_the_header(tmp_path: Path) -> None:
    """As when somebody takes away only the #s of the keys in the file that `init` wrote."""
    text = EXAMPLE.read_text(encoding="utf-8").replace('#bucket = "callvault"', 'bucket = "calls"')
    text = text.replace("#timestamp_hours = 1", "timestamp_hours = 1")
    bucket, hours = faults(write(tmp_path, text))
    assert "[catalogue] bucket; it belongs to [mirror]" in english(bucket)
    assert "[catalogue] timestamp_hours; it belongs to [custody]" in english(hours)


def test_a_key_of_several_sections_names_them_all(tmp_path: Path) -> None:
    found = fault(write(tmp_path, PATHS + "[office]\npath = 'x'\n"))
    assert "[inbox], [archive]" in english(found)


@pytest.mark.parametrize(
    ("endpoint", "server"),
    [
        ("https://s3.example.com/calls", "https://s3.example.com"),
        ("https://s3.example.com:9000/s3/calls/", "https://s3.example.com:9000/s3"),
        (
            "https://calls.oss-cn-hangzhou.aliyuncs.com",
            "https://oss-cn-hangzhou.aliyuncs.com",
        ),
        ("https://Calls.cos.ap-shanghai.myqcloud.com/", "https://cos.ap-shanghai.myqcloud.com/"),
    ],
)
@pytest.mark.parametrize("section", ["[mirror]", "[[mirrors]]"])
def test_an_endpoint_that_names_the_bucket_too_is_refused_with_the_right_one(
    tmp_path: Path, endpoint: str, server: str, section: str
) -> None:
    """What consoles show; objects would be put where no list finds them."""
    text = PATHS + ("[mirror]\nbucket = 'first'\n" if section == "[[mirrors]]" else "")
    text += f"{section}\nbucket = 'calls'\nendpoint_url = '{endpoint}'\n"
    text += "name = 'second'\n" if section == "[[mirrors]]" else ""
    found = fault(write(tmp_path, text))
    assert found.message.key == "settings.bucket_in_endpoint"
    assert english(found).startswith(f"{section} endpoint_url")
    assert f"{server};" in english(found)


@pytest.mark.parametrize(
    "endpoint", ["https://calls.example.com", "https://s3.example.com/calls/s3"]
)
def test_a_server_may_be_called_as_the_bucket_is(tmp_path: Path, endpoint: str) -> None:
    text = PATHS + f"[mirror]\nbucket = 'calls'\nendpoint_url = '{endpoint}'\n"
    mirror = load(write(tmp_path, text), {}).mirror
    assert mirror is not None
    assert mirror.endpoint_url == endpoint


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("endpoint_url = 's3.example.com'", "endpoint_unfit"),
        ("endpoint_url = 'https://s3.example.com/?region=cn-1'", "endpoint_unfit"),
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
