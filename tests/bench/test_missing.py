from dataclasses import replace

from bench.missing import cases, missing
from bench.office.clerk import read_office
from bench.office.truth import Office, SheetFile
from bench.whole import Naming, count_named
from tests.bench.test_clerk import DAY, N1, N2, line, recording, shown

LINES = (
    line(1, "张三", N1, "9:00"),
    line(2, "李四", N2, "10:00"),
    line(3, "王五", None, reached=False),
)


def office() -> Office:
    """One recording, of the first of three customers, the last of whom was not reached."""
    return Office(
        seed=0,
        recordings=(recording(shown(number=N1, clock="9:01"), 1),),
        sheets=(SheetFile("sheet", b"", DAY, LINES),),
        names={1: "张三", 2: "李四", 3: "王五"},
        mess=0,
    )


def test_who_was_reached_and_has_no_recording_is_owed_one() -> None:
    found = missing(office(), read_office(office()))
    assert found.owed == {found.of_line[LINES[1].key]}
    assert found.had == {found.of_line[LINES[0].key]}


def test_who_may_own_an_undecided_recording_is_owed_none() -> None:
    unclear = recording(shown("李思", clock="15:00"), 2)
    more = replace(office(), recordings=(*office().recordings, unclear))
    assert not missing(more, read_office(more)).owed


def test_who_is_hinted_at_within_the_hour_is_owed_none() -> None:
    for said, clock, owed in (
        ("李哥", "10:20", False),
        ("李哥", "15:00", True),
        ("王哥", "10:20", True),
    ):
        personal = recording(shown(said, clock=clock), None)
        more = replace(office(), recordings=(*office().recordings, personal))
        assert bool(missing(more, read_office(more)).owed) is owed


def test_it_is_enough_to_name_one_spelling_of_one_customer() -> None:
    twice = (*LINES[:2], line(2, "李四", N2[:-1] + "0", "10:30"))
    spelled = replace(office(), sheets=(SheetFile("sheet", b"", DAY, twice),))
    found = missing(spelled, read_office(spelled))
    assert len(found.owed) == 2
    assert found.named(frozenset({twice[2].key})) == found.owed
    assert not found.named(frozenset())


def test_naming_is_counted_against_both() -> None:
    found = missing(office(), read_office(office()))
    naming = Naming()
    count_named(naming, found, frozenset({LINES[0].key, LINES[1].key, LINES[2].key}))
    assert naming == Naming(owed=1, named=1, false=1, others=1)


def test_each_case_is_told_with_its_office_and_what_is_held() -> None:
    readings = read_office(office())
    found = missing(office(), readings)
    named, held_for = frozenset({LINES[0].key}), {LINES[1].key: ["held.mp3"]}
    falsely, lacking = cases(office(), readings, found, named, held_for)
    assert falsely == "  falsely 张三 0:0, by number: a.mp3"
    assert lacking == f"  not named 李四 0, {LINES[1].key}; held: held.mp3"
