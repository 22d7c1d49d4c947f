"""Settings files that cannot be read at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import FILE
from tests.config.settings_files import english, fault, faults, write


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
