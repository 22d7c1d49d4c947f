"""The office's own column names in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from config.load import FILE, SettingsError, load
from config.values import SHEET_FIELDS
from ingest.columns import NAMES

PATHS = "[inbox]\npath = 'in'\n[archive]\npath = 'store'\n"
READ = (("customer", ("户名", "户 主")), ("hours", ("台时",)))


def columns(folder: Path, more: str = "", **environment: str) -> object:
    path = folder / FILE
    path.write_text(PATHS + more, encoding="utf-8")
    return load(path, environment).sheet.columns


@pytest.mark.parametrize(
    "stated",
    [
        '[sheet]\ncolumns = { customer = ["户名", "户 主"], hours = ["台时"] }\n',
        '[sheet.columns]\ncustomer = ["户名", "户 主"]\nhours = ["台时"]\n',
    ],
)
def test_an_office_names_its_own_columns(tmp_path: Path, stated: str) -> None:
    assert columns(tmp_path, stated) == READ


def test_the_environment_can_name_them_too(tmp_path: Path) -> None:
    stated = "{ customer = ['户名', '户 主'], hours = ['台时'] }"
    assert columns(tmp_path, CALLVAULT_SHEET_COLUMNS=stated) == READ


def test_without_a_word_there_are_none(tmp_path: Path) -> None:
    assert columns(tmp_path) == ()


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ("'户名'", "fields with their headers, as in { customer = ['户名']"),
        ("['户名']", "fields with their headers"),
        ("{ custmer = ['户名'] }", "no field custmer; there are customer, numbers, collector"),
        ("{ customer = '户名' }", "the headers of customer must be a list of texts"),
        ("{ customer = [1] }", "customer = ['户名']"),
        ("{ customer = [' '] }", "customer = ['户名']"),
        ("{ customer = ['户名'], whom = ['户 名'] }", 'the header "户 名" stands there twice'),
    ],
)
def test_what_is_wrong_with_them_is_said_with_the_remedy(
    tmp_path: Path, stated: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        columns(tmp_path, f"[sheet]\ncolumns = {stated}\n")
    (problem,) = caught.value.problems
    assert problem.line == 6
    said = {language: Words(language).say(problem.message) for language in LANGUAGES}
    assert sentence in said["en"]
    assert said["zh"].startswith("[sheet] columns")


def test_the_fields_are_those_that_sheets_are_read_by() -> None:
    assert tuple(NAMES) == SHEET_FIELDS
