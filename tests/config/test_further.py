"""`[[mirrors]]`: what can be listed, and what is told of what cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from config.load import EXAMPLE, FILE, SettingsError, load
from config.settings import FolderMirror, Mirror, Settings

BEFORE = """[inbox]
path = 'in'
[archive]
path = 'store'
[mirror]
bucket = 'calls'
prefix = 'office'
"""
NAS = "[[mirrors]]\nname = 'nas'\nfolder = 'copy'\n"
"""Its lines are 8, 9 and 10."""


def loaded(folder: Path, text: str) -> Settings:
    path = folder / FILE
    path.write_text(text, encoding="utf-8")
    return load(path, {})


def wrong(folder: Path, text: str) -> list[tuple[str, int | None]]:
    """Each problem and its line; all can be said in every language."""
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text)
    for problem in caught.value.problems:
        assert all(Words(language).say(problem.message) for language in LANGUAGES)
    return [(one.message.key.removeprefix("settings."), one.line) for one in caught.value.problems]


def test_folders_and_buckets_stand_beside_the_first_mirror(tmp_path: Path) -> None:
    more = "[[mirrors]]\nname = '二号'\nbucket = 'calls'\nprefix = 'other'\nworkers = 3\n"
    settings = loaded(tmp_path, BEFORE + NAS + more)
    assert settings.mirror is not None
    assert settings.mirror.name == "mirror"
    assert settings.further == (
        FolderMirror("nas", tmp_path / "copy"),
        Mirror("calls", "other", None, None, "auto", None, 3, name="二号"),
    )
    assert loaded(tmp_path, BEFORE).further == ()


def test_the_examples_further_mirrors_can_be_taken_as_they_are(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    listed = [line.removeprefix("#   ") for line in text.split("\n") if line.startswith("#   ")]
    settings = loaded(tmp_path, BEFORE + "\n".join(listed))
    assert [one.name for one in settings.further] == ["nas", "second"]


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ("[mirrors]\nname = 'nas'\n", ("mirrors_not_listed", 8)),
        ("[[mirrors]]\nfolder = 'copy'\n", ("required", 8)),
        ("[[mirrors]]\nname = 'nas'\n", ("required", 8)),
        ("[[mirrors]]\nname = 'a b'\nfolder = 'copy'\n", ("mirror_name_unfit", 9)),
        ("[[mirrors]]\nname = '../a'\nfolder = 'copy'\n", ("mirror_name_unfit", 9)),
        ("[[mirrors]]\nname = 'Mirror'\nfolder = 'copy'\n", ("mirror_name_taken", 8)),
        (NAS + NAS.replace("copy", "other"), ("mirror_name_taken", 11)),
        (NAS + "bucket = 'calls'\n", ("key_unknown", 11)),
        (NAS + "quiet = '08:00-10:00'\n", ("key_unknown", 11)),
        (NAS + "secret_access_key = 'x'\n", ("secret", 11)),
        ("[[mirrors]]\nname = 'b'\nbucket = 'c'\nquiet = '8:00-9:00'\n", ("key_unknown", 11)),
        (
            "[[mirrors]]\nname = 'b'\nbucket = 'c'\nlock = 'governance'\n",
            ("lock_without_retention", 8),
        ),
        ("[[mirrors]]\nname = 'b'\nbucket = 'c'\nkms_key = 'k'\n", ("kms_key_without_use", 8)),
        ("[[mirrors]]\nname = 'b'\nbucket = 'calls'\nprefix = '/office/'\n", ("mirror_twice", 8)),
        ("[[mirrors]]\nname = 'b'\nbucket = 'calls'\nprefix = 'office/b'\n", ("mirror_twice", 8)),
        ("[[mirrors]]\nname = 'b'\nbucket = 'calls'\n", ("mirror_twice", 8)),
        (NAS.replace("copy", "store/copy"), ("mirror_folder_nested", 8)),
        (NAS.replace("copy", "in"), ("mirror_folder_nested", 8)),
        (NAS.replace("copy", "reports/x"), ("mirror_folder_nested", 8)),
        (NAS.replace("'copy'", '"E:\\record"'), ("backslash", 10)),
    ],
)
def test_what_is_wrong_is_told_at_its_line(
    tmp_path: Path, listed: str, problem: tuple[str, int]
) -> None:
    told = wrong(tmp_path, BEFORE + listed)
    assert told[0] == problem


def test_the_folder_that_holds_all_is_no_mirror(tmp_path: Path) -> None:
    told = wrong(tmp_path, BEFORE + NAS.replace("copy", "."))
    assert {code for code, _ in told} == {"mirror_folder_nested"}


def test_two_folders_are_two_folders(tmp_path: Path) -> None:
    again = NAS.replace("nas", "usb").replace("copy", "copy/more")
    assert wrong(tmp_path, BEFORE + NAS + again) == [("mirror_folder_nested", 11)]


def test_a_first_mirror_comes_first(tmp_path: Path) -> None:
    without = BEFORE.partition("[mirror]")[0]
    assert wrong(tmp_path, without + NAS) == [("mirrors_without_mirror", 5)]
