"""Sheets with the ends of numbers alone, 138****1381: whose recordings are, in whole passes."""

from pathlib import Path

from tests.ingest.small_office import DAY, SHEET, office, recorded, sheet, sound

SHOWN, OTHER = "138****1381", "139****2222"
A, B = "13855551381", "13955552222"


def test_of_two_customers_of_one_name_each_gets_what_fits(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", SHOWN, "10:00"), ("张三", OTHER, "15:00")]))
    small.drop(recorded("张三", A, "120000"), sound(1))
    small.drop(recorded("张三", B, "123000"), sound(2))
    small.ingest()
    assert len(set(small.filed().values())) == 2
    assert ("incomplete_row", SHEET) not in small.codes()


def test_another_number_is_not_the_masked_one(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", SHOWN, "10:00")]))
    small.drop(recorded("张三", "13955551381", "103500"), sound(1))
    small.ingest()
    assert small.filed() == {}


def test_the_whole_number_in_a_later_sheet_is_the_same_customers(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", SHOWN, "10:00")]))
    small.drop(recorded("张三", A, "100000"), sound(1))
    small.ingest()
    later = SHEET.replace(f"{DAY}", "2026-11-17")
    small.drop(later, sheet([("张三", A, "11:00"), ("张三", B, "15:00")]))
    small.drop(f"2026-11-17/王芳/{A}_20261117110000.amr", sound(2))
    small.ingest()
    assert sorted(one.rpartition("/")[0] for one in small.kept()) == [
        f"张三/{DAY}",
        "张三/2026-11-17",
    ]
