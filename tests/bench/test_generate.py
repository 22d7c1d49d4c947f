from collections import Counter

from bench.in_process import read
from bench.office.generate import generate
from bench.office.truth import Office


def offices() -> list[Office]:
    return [generate(seed) for seed in range(12)]


def test_an_office_is_a_function_of_its_seed() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def test_every_source_is_handed_over_once() -> None:
    for office in offices():
        sources = Counter(file.source for one in office.recordings for file in one.files)
        sources.update(sheet.source for sheet in office.last_sheets)
        assert set(sources.values()) == {1}


def test_the_kinds_of_the_field_notes_appear() -> None:
    made = offices()
    traits = {trait for office in made for one in office.recordings for trait in one.traits}
    written = {trait for office in made for line in office.lines for trait in line.traits}
    recorders = {one.recorder for office in made for one in office.recordings}
    assert traits >= {"personal", "unsaved", "late", "wrong_day", "copied", "row_forgotten"}
    assert traits >= {"contact_relative", "contact_courtesy", "contact_tail", "stand_in"}
    assert written >= {"row_name_homophone", "row_number_digit", "row_time_off", "row_no_time"}
    assert recorders >= {"miui", "huawei", "coloros", "vivo", "by_hand"}
    assert {sheet.source[-4:] for one in made for sheet in one.sheets} == {"xlsx", ".xls", ".csv"}


def test_the_truth_names_the_rows_that_the_sheets_hold() -> None:
    office = generate(3)
    found = read(office)
    assert not found.unread
    assert {row.key for row in found.rows} == {line.key for line in office.lines}
