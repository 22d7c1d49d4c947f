"""Folders of customers within a collector's: whose recordings lie in them, through whole passes."""

from pathlib import Path

from tests.ingest.small_office import DAY, SHEET, office, sheet, sound

A, B = "13811112222", "13933334444"


def test_a_customers_folder_says_whose_its_recordings_are(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", A, "10:00"), ("李四", B, "15:00")]))
    small.drop(f"{DAY}/王芳/李四/新录音 3.amr", sound(1))
    small.drop(f"{DAY}/王芳/李四/李四老婆.amr", sound(2))
    small.ingest()
    assert set(small.filed().values()) == {f"李四/{DAY}"}
    assert len(small.filed()) == 2


def test_another_customers_name_in_a_customers_folder_is_held(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", A, "10:00"), ("李四", B, "15:00")]))
    small.drop(f"{DAY}/王芳/李四/张三.amr", sound(1))
    small.drop(f"{DAY}/王芳/李四/13700001111_{DAY:%Y%m%d}100000.amr", sound(2))
    small.ingest()
    assert small.filed() == {}


def test_the_number_of_a_customers_folder_tells_namesakes_apart(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", A, "10:00"), ("张三", B, "15:00")]))
    source = f"{DAY}/王芳/张三{B}/张三_{DAY:%Y%m%d}100000.amr"
    small.drop(source, sound(1))
    small.ingest()
    (folder,) = small.filed().values()
    assert folder.startswith("张三")
    assert B[-4:] in folder


def test_a_folder_of_two_customers_says_whose_a_recording_may_be(tmp_path: Path) -> None:
    small = office(tmp_path)
    rows = [("张三", A, "10:00"), ("李四", B, "15:00"), ("赵六", "13755556666", "16:00")]
    small.drop(SHEET, sheet(rows))
    for at, name in enumerate(("新录音 3", "老婆", f"15511112222_{DAY:%Y%m%d}120000", "赵六")):
        small.drop(f"{DAY}/王芳/张三、李四/{name}.amr", sound(at))
    small.drop(f"{DAY}/王芳/张三{A}、李四/新录音 4.amr", sound(5))
    small.drop(f"{DAY}/王芳/张三、李四/张三.amr", sound(6))
    small.drop(f"{DAY}/王芳/张三、李四/{B}_{DAY:%Y%m%d}150000.amr", sound(7))
    small.ingest()
    assert set(small.filed().values()) == {f"张三/{DAY}", f"李四/{DAY}"}
    assert len(small.filed()) == 2


def test_a_folder_of_two_collectors_is_neither_ones(tmp_path: Path) -> None:
    small = office(tmp_path)
    small.drop(SHEET, sheet([("张三", A, "10:00"), ("李四", "13755556666", "15:00")]))
    small.drop(f"{DAY}/李雷/记录表.csv", sheet([("张三", B, "15:00")]))
    small.drop(f"{DAY}/王芳、李雷/张三.amr", sound(1))
    small.drop(f"{DAY}/王芳、李雷/王芳 李四.amr", sound(2))
    small.drop(f"{DAY}/李雷、赵六/李四 {DAY:%Y%m%d}.amr", sound(3))
    small.ingest()
    assert small.filed() == {f"{DAY}/王芳、李雷/王芳 李四.amr": f"李四/{DAY}"}
