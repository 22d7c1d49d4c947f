"""docs/reading.md says what the code reads."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from ingest.recorders import FORMS, read_name
from tests import reading_examples as examples
from tests.desk import Desk
from tests.make_reading import AUDIO, PAGE, page

ON_DISK = PAGE.read_text(encoding="utf-8")

FIELD_NOTES = (
    "通话录音@176 8831 4515(17688314515)_20180814153840.mp3",
    "通话录音@聚思鸿interview_schedule(041139050508)_20180129140127.mp3",
    "常汉杰(15967387860)_20230714151024.mp3",
    "138 2360 5460_20220421143025",
    "Papa-2512232146.mp3",
    "19145520861 2019-05-16 10-06-40.amr",
    "Call recording +15551234567_200605_114902.m4a",
    "통화 녹음 홍길동_261002_174946.m4a",
    "19145520861_通话_05月13日_15点26分.amr",
    "0d20151122141548p+74993464260.3gp",
    "+48123456789_240506_225406577.amr",
    "20230414_215701.088+0800_out_sim1_13800138000_张三.oga",
    "2025-10-03 16-32-29 (phone) Contact Name (+61 403 692 612) ↗.m4a",
    "20200101T010101 ↑ +33611111111 (Mum).ogg",
    "out-913800138000-200-20200222-161829-1582406309.760.wav",
    "[Zinhle Phungula]_201-0114627554_20190219120918(380).wav",
    "20230410-153000_13800138000-all.mp3",
    "9000A13522085163C20200317184432AC11S20200317184432155.mp3",
    "msg_….amr",
    "….aud.silk",
    "问众智能 2月22日 上午11点46分.mp3",
    "<uuid>.wav",
    "通话录音@张)_三(13800138000_",
    "张三逾期2期",
    "张三 小松200",
    "老张",
    "张总",
    "张三(配偶)",
)
"""What real recorders and collectors write, gathered from offices and from recorders' own code."""


def test_the_page_is_what_the_code_says() -> None:
    assert page() == ON_DISK, "run: python -m tests.make_reading"


@pytest.mark.parametrize("example", FIELD_NOTES)
def test_names_from_the_field_are_in_it(example: str) -> None:
    assert example in ON_DISK


def test_every_recorder_is_shown_with_names_that_it_reads() -> None:
    assert set(examples.RECORDERS) == {form.reader for form in FORMS}
    for reader, (_form, names) in examples.RECORDERS.items():
        for name in names:
            assert read_name(name, examples.ZONE, examples.DAY).reader == reader, name


def test_no_example_is_said_not_to_be_read_that_is() -> None:
    """The lists of what is left as text hold nothing that the tables of what is read hold too."""
    for read, left in (
        (examples.DAYS, examples.NO_DAYS),
        (examples.TIMES, examples.NO_TIMES),
        (examples.DURATIONS, examples.NO_DURATIONS),
        (examples.PROMISES, examples.NO_PROMISES),
    ):
        assert not set(map(str, read)) & set(map(str, left))
    assert "| None |" not in ON_DISK


def test_the_page_s_own_pattern_works_as_it_stands_there(tmp_path: Path) -> None:
    (setting,) = re.findall(r"```toml\n\[inbox\]\n(.*?)```", ON_DISK, re.DOTALL)
    desk = Desk(tmp_path)
    config = desk.config.read_text(encoding="utf-8").replace("[inbox]", f"[inbox]\n{setting}")
    desk.config.write_text(config, encoding="utf-8")
    name = examples.OWN_NAMES[0]
    assert f"| `{name}` | 张三 | 13800138000 | 2026-11-16 09:30 | out |" in ON_DISK
    path = desk.inbox / name
    shutil.copy(AUDIO / "calls" / "8.mp3", path)
    told = json.loads(desk.run("inspect", "--format", "json", str(path)).stdout)
    assert told["recorder"] == "office"
    assert (told["contact"], told["numbers"]) == ("张三", ["13800138000"])
    assert (told["started_at"], told["direction"]) == ("2026-11-16T09:30:00+08:00", "out")
