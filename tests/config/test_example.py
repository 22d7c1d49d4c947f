"""The example file has every key with its default."""

import dataclasses
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from archive.layout import NameFields, filed_path
from config.load import EXAMPLE, load
from config.sections import SECTIONS
from config.settings import Custody, Notify, Retention, Settings
from config.values import NAME_FIELDS
from tests.config.settings_files import write


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
